import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { PodContext } from './pod-context.ts'
import { terminationMessage } from './termination-message.ts'

/** What a pod's containers have left as their last words, by id of the container; each is read once, when it has exited. */
export class TerminationMessages {
  readonly #context: PodContext
  readonly #byId = new Map<string, string>()

  constructor(context: PodContext) {
    this.#context = context
  }

  get byId(): ReadonlyMap<string, string> {
    return this.#byId
  }

  async read({ metadata, spec }: Pod): Promise<void> {
    const { runtime, log } = this.#context
    const dead = runtime.pod(metadata.uid ?? '')?.containers.filter(({ state, id }) => state === 'exited' && !this.#byId.has(id))
    for (const container of dead ?? []) {
      const specs = [...spec.containers, ...(spec.initContainers ?? []), ...((spec.ephemeralContainers ?? []) as Container[])]
      const own = specs.find(({ name }) => name === container.name)
      const message = await terminationMessage(runtime, own, container).catch((error: unknown) => {
        log.warn('termination message can not be read', { container: container.name, error })
        return ''
      })
      this.#byId.set(container.id, message)
    }
  }
}
