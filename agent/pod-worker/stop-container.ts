import { openTimeLimit } from '../../shared/platform/time-limit.ts'
import type { Container } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { fieldPathOf } from '../container/field-path.ts'
import type { RuntimeContainer } from '../runtime/runtime.ts'
import { runHook } from './lifecycle-hook.ts'
import type { PodContext } from './pod-context.ts'
import type { ContainerStop } from './pod-state.ts'

export interface StopOptions {
  readonly pod: Pod
  readonly container: RuntimeContainer
  readonly message?: string | undefined
  readonly graceSeconds: number
  readonly podIP: string | undefined
  /** ends the preStop hook and any waiting for a turn: it is killed */
  readonly hurry?: AbortSignal | undefined
  /** ends the same, and leaves the container to whoever stops it now, with a grace of its own: the end of its pod */
  readonly leave?: AbortSignal | undefined
  /** resolves when those that have to end before this one have ended */
  readonly turn?: Promise<unknown> | undefined
  /** resolves when nobody sends requests to the pod any more, or that was waited for long enough */
  readonly left?: Promise<unknown> | undefined
}

/** Below this a container would have no chance to end by itself. */
const shortestGraceSeconds = 2

/** Ends a container: preStop hook, stop signal, and SIGKILL when the grace, which they share, is over. */
export const stopContainer = async (context: PodContext, options: StopOptions): Promise<void> => {
  const { runtime, clock, events } = context
  const { pod, container, hurry, leave } = options
  const spec = specOf(pod, container.name)
  if (spec) {
    const message = options.message ?? `Stopping container ${container.name}`
    events.pod(pod, { type: 'Normal', reason: 'Killing', message, fieldPath: fieldPathOf(pod, spec) })
  }
  const deadline = clock.now() + options.graceSeconds * 1000
  const limit = openTimeLimit(clock, options.graceSeconds * 1000, ...[hurry, leave].filter((signal) => signal !== undefined))
  try {
    await untilToBeStopped(context, options, limit.signal)
  } finally {
    limit.close()
  }
  if (leave?.aborted) return
  const leftSeconds = hurry?.aborted ? 0 : Math.ceil((deadline - clock.now()) / 1000)
  const stopped = runtime.stopContainer(container.id, Math.max(shortestGraceSeconds, leftSeconds))
  await (leave ? Promise.race([stopped, aborted(leave)]) : stopped)
}

/** Its hook has run, its turn has come and nobody sends to it any more, or the time for all that is over. */
const untilToBeStopped = async (context: PodContext, options: StopOptions, over: AbortSignal): Promise<void> => {
  const { runtime, clock, events } = context
  const { pod, container, podIP, turn, left, graceSeconds } = options
  const spec = specOf(pod, container.name)
  const handler = spec?.lifecycle?.preStop
  if (spec && handler && graceSeconds > 0) {
    const fellBack = (message: string) => events.pod(pod, { type: 'Warning', reason: 'LifecycleHTTPFallback', message })
    const common = { handler, container: spec, containerId: container.id, podIP, runtime, clock, fellBack }
    const hook = runHook({ ...common, signal: over }).catch((error) => {
      if (over.aborted) return
      context.log.warn('preStop hook failed', { pod: pod.metadata.name, container: container.name, error })
      events.pod(pod, {
        type: 'Warning',
        reason: 'FailedPreStopHook',
        message: 'PreStopHook failed',
        fieldPath: fieldPathOf(pod, spec),
      })
    })
    await Promise.race([hook, aborted(over)])
  }
  await Promise.race([Promise.all([turn, left]), aborted(over)])
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

const specOf = (pod: Pod, name: string): Container | undefined =>
  [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((each) => each.name === name)

/** A failed probe may carry a grace of its own. */
export const graceOfStop = (pod: Pod, { container, reason }: ContainerStop): number => {
  const spec = specOf(pod, container.name)
  const probe = reason === 'liveness' ? spec?.livenessProbe : reason === 'startup' ? spec?.startupProbe : undefined
  return probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30
}
