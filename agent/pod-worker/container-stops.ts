import type { Pod } from '../../shared/resources/resource.ts'
import type { PodContext } from './pod-context.ts'
import type { ContainerStop } from './pod-state.ts'
import { graceOfStop, stopContainer } from './stop-container.ts'

export interface ContainerStopsOptions {
  readonly context: PodContext
  /** after each end of a stop, however it went */
  readonly wake: () => void
  readonly wakeIn: (ms: number) => void
}

const retryMs = 2000

/** The containers of a pod that are being stopped while the pod goes on: each once at a time. */
export class ContainerStops {
  readonly #options: ContainerStopsOptions
  readonly #running = new Set<string>()

  constructor(options: ContainerStopsOptions) {
    this.#options = options
  }

  start(stop: ContainerStop, { pod, podIP, leave }: { pod: Pod; podIP: string | undefined; leave: AbortSignal }): void {
    const { context, wake, wakeIn } = this.#options
    const { container, message } = stop
    if (this.#running.has(container.id)) return
    this.#running.add(container.id)
    stopContainer(context, { pod, container, message, graceSeconds: graceOfStop(pod, stop), podIP, leave })
      .catch((error: unknown) => {
        context.log.error('container can not be stopped', { container: container.name, error })
        wakeIn(retryMs)
      })
      .finally(() => {
        this.#running.delete(container.id)
        wake()
      })
  }
}
