import { ConfigError } from '../container/config-error.ts'
import type { StartOptions } from '../container/container-preparer.ts'
import { fieldPathOf } from '../container/field-path.ts'
import type { AgentEvent } from '../event-recorder.ts'
import { ImageError } from '../image/image-puller.ts'
import type { ContainerSpec, RuntimeImage } from '../runtime/runtime.ts'
import { runHook } from './lifecycle-hook.ts'
import type { PodContext } from './pod-context.ts'
import { stopContainer } from './stop-container.ts'

/** Why a container could not be started; `reason` as in state.waiting. */
export class StartError extends Error {
  readonly reason: string
  readonly retryMs: number

  constructor(reason: string, message: string, options: { retryMs: number; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'StartError'
    this.reason = reason
    this.retryMs = options.retryMs
  }
}

const configRetryMs = 3000
const runtimeRetryMs = 5000

export interface StartContainerOptions extends StartOptions {
  /** gets the container's id for as long as its postStart hook is not over: until then it has not started for anybody outside */
  readonly hooking: Set<string>
}

/** Creates and starts one container and runs its postStart hook. Throws StartError; a failed start has told its Events. */
export const startContainer = async (context: PodContext, options: StartContainerOptions): Promise<void> => {
  const { runtime, events } = context
  const { pod, container, signal } = options
  const fieldPath = fieldPathOf(pod, container)
  const tell = (event: AgentEvent) => events.pod(pod, { ...event, fieldPath })
  const failed = (reason: string, cause: unknown, retryMs: number) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    const shown = cause instanceof ImageError ? reason : message
    if (!signal.aborted) tell({ type: 'Warning', reason: 'Failed', message: `Error: ${shown}` })
    return new StartError(reason, message, { retryMs, cause })
  }
  let image: RuntimeImage
  try {
    image = await options.image
  } catch (error) {
    throw error instanceof ImageError
      ? failed(error.reason, error, error.retryMs)
      : failed('ImageInspectError', error, runtimeRetryMs)
  }
  let spec: ContainerSpec
  try {
    spec = await context.prepare(options, image)
  } catch (error) {
    throw failed('CreateContainerConfigError', error, error instanceof ConfigError ? configRetryMs : runtimeRetryMs)
  }
  signal.throwIfAborted()
  let id: string
  try {
    id = await runtime.createContainer(spec)
  } catch (error) {
    throw failed('CreateContainerError', error, runtimeRetryMs)
  }
  tell({ type: 'Normal', reason: 'Created', message: 'Container created' })
  if (signal.aborted) return runtime.removeContainer(id)
  if (container.lifecycle?.postStart) options.hooking.add(id)
  try {
    await runtime.startContainer(id).catch((error: unknown) => {
      throw failed('RunContainerError', error, runtimeRetryMs)
    })
    tell({ type: 'Normal', reason: 'Started', message: 'Container started' })
    await postStart(context, options, id)
  } finally {
    options.hooking.delete(id)
  }
}

const postStart = async (context: PodContext, { pod, container, podIP, signal }: StartOptions, containerId: string) => {
  const handler = container.lifecycle?.postStart
  if (!handler) return
  const { runtime, clock, events } = context
  const fellBack = (message: string) => events.pod(pod, { type: 'Warning', reason: 'LifecycleHTTPFallback', message })
  try {
    await runHook({ handler, container, containerId, podIP, runtime, clock, signal, fellBack })
  } catch (error) {
    if (signal.aborted) return
    const fieldPath = fieldPathOf(pod, container)
    events.pod(pod, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed', fieldPath })
    const running = runtime.pod(pod.metadata.uid ?? '')?.containers.find(({ id }) => id === containerId)
    const graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30
    if (running)
      await stopContainer(context, {
        pod,
        container: running,
        message: 'FailedPostStartHook',
        graceSeconds,
        podIP,
        leave: signal,
      })
    throw new StartError('PostStartHookError', error instanceof Error ? error.message : String(error), {
      retryMs: 0,
      cause: error,
    })
  }
}
