import type { Clock } from '../../shared/platform/clock.ts'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import type { ConfigSource } from '../container/config-source.ts'
import { fieldPathOf } from '../container/field-path.ts'
import type { AgentEvent, AgentEvents } from '../event-recorder.ts'
import { BackOff } from '../pod-worker/back-off.ts'
import type { ContainerRuntime, RuntimeImage } from '../runtime/runtime.ts'
import { pullCredentials } from './pull-secrets.ts'
import { parseReference } from './reference.ts'

export interface ImagePullerOptions {
  readonly runtime: ContainerRuntime
  readonly config: ConfigSource
  readonly events: AgentEvents
  readonly clock: Clock
}

/** Why a container waits for its image; `reason` as in state.waiting. */
export class ImageError extends Error {
  readonly reason: string
  readonly retryMs: number

  constructor(reason: string, message: string, options: { retryMs: number; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'ImageError'
    this.reason = reason
    this.retryMs = options.retryMs
  }
}

/** Time in which ErrImagePull can be seen before it becomes ImagePullBackOff. */
const showErrorMs = 1500
const neverPullRetryMs = 10_000

/** Makes sure that images are on the machine, by each container's pull policy, backing off per pod and image. */
export class ImagePuller {
  readonly #options: ImagePullerOptions
  readonly #backOff = new BackOff()
  readonly #failures = new Map<string, string>()

  constructor(options: ImagePullerOptions) {
    this.#options = options
  }

  /** Throws ImageError. */
  async ensure(pod: Pod, container: Container, signal: AbortSignal): Promise<RuntimeImage> {
    const { runtime, events } = this.#options
    const image = container.image ?? ''
    const tell = (event: AgentEvent) => events.pod(pod, { ...event, fieldPath: fieldPathOf(pod, container) })
    const reference = this.#parse(image, tell)
    const policy = container.imagePullPolicy ?? 'IfNotPresent'
    if (policy !== 'Always') {
      const present = await runtime.image(reference.full)
      if (present) {
        const message = `Container image "${image}" already present on machine and can be accessed by the pod`
        tell({ type: 'Normal', reason: 'Pulled', message })
        return present
      }
      if (policy === 'Never') {
        const message = `Container image "${image}" is not present with pull policy of Never`
        tell({ type: 'Warning', reason: 'ErrImageNeverPull', message })
        throw new ImageError('ErrImageNeverPull', message, { retryMs: neverPullRetryMs })
      }
    }
    return this.#pull({ pod, image, reference, tell, signal })
  }

  #parse(image: string, tell: (event: AgentEvent) => void) {
    try {
      return parseReference(image)
    } catch (cause) {
      const message = `Failed to apply default image tag "${image}": ${cause instanceof Error ? cause.message : cause}`
      tell({ type: 'Warning', reason: 'InspectFailed', message })
      throw new ImageError('InvalidImageName', message, { retryMs: neverPullRetryMs, cause })
    }
  }

  async #pull({ pod, image, reference, tell, signal }: Pull): Promise<RuntimeImage> {
    const { runtime, clock, config } = this.#options
    const key = `${pod.metadata.uid}_${image}`
    const waitMs = this.#backOff.remainingSinceNext(key, clock.now())
    if (waitMs > 0) {
      const message = `Back-off pulling image "${image}"`
      tell({ type: 'Normal', reason: 'BackOff', message })
      throw new ImageError('ImagePullBackOff', `${message}: ${this.#failures.get(key) ?? ''}`, { retryMs: waitMs })
    }
    tell({ type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` })
    const begun = clock.now()
    try {
      const credentials = await pullCredentials(pod, reference.registry, config)
      const pulled = await runtime.pullImage(reference.full, { signal, ...(credentials ? { credentials } : {}) })
      const took = goDuration(clock.now() - begun)
      const message = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.sizeBytes} bytes.`
      tell({ type: 'Normal', reason: 'Pulled', message })
      this.#backOff.reset(key)
      return pulled
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause)
      const now = clock.now()
      this.#backOff.next(key, now, now)
      this.#failures.set(key, `ErrImagePull: ${text}`)
      tell({ type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${text}` })
      throw new ImageError('ErrImagePull', text, { retryMs: showErrorMs, cause })
    }
  }

  forget(pod: Pod): void {
    const prefix = `${pod.metadata.uid}_`
    for (const key of this.#failures.keys()) {
      if (!key.startsWith(prefix)) continue
      this.#failures.delete(key)
      this.#backOff.reset(key)
    }
  }
}

interface Pull {
  readonly pod: Pod
  readonly image: string
  readonly reference: { readonly full: string; readonly registry: string }
  readonly tell: (event: AgentEvent) => void
  readonly signal: AbortSignal
}

/** As Go prints it: `850ms`, `1.234s`. */
export const goDuration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = `${Math.round(ms % 60_000) / 1000}s`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
