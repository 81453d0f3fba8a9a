import { isReason } from '../../shared/meta/status.ts'
import { type Pod, pods } from '../../shared/resources/resource.ts'
import type { PodProbes } from '../probes/pod-probes.ts'
import type { RuntimeContainer } from '../runtime/runtime.ts'
import type { BringUp } from './bring-up.ts'
import type { PodContext } from './pod-context.ts'
import { isSidecar } from './restart-policy.ts'
import type { StatusWriter } from './status-writer.ts'
import { stopContainer } from './stop-container.ts'

export interface PodEndOptions {
  readonly context: PodContext
  readonly bringUp: BringUp
  readonly probes: PodProbes
  readonly writer: StatusWriter
  readonly podIP: () => string | undefined
  readonly wake: () => void
}

const retryMs = 2000
/** for those who send requests to hear that a pod is leaving; a grace too short for it is no time to wait in */
const longestWaitMs = 10_000
const shortestWaitMs = 1000

/**
 * The end of a pod: containers stop gracefully, the last status is written, the sandbox, network and volumes go, and, if the pod is
 * deleted, its containers and its object. A pod that ended by itself stays there, its logs readable, until it is deleted.
 */
export class PodEnd {
  /** every container is dead, and none will be started */
  stopped = false
  done = false
  readonly #options: PodEndOptions
  readonly #hurry = new AbortController()
  #tornDown = false
  #graceSeconds: number | undefined
  #running: Promise<void> | undefined
  #timers: NodeJS.Timeout[] = []

  constructor(options: PodEndOptions) {
    this.#options = options
  }

  /** A second deletion may shorten the grace. */
  update({ metadata }: Pod): void {
    const grace = metadata.deletionGracePeriodSeconds
    if (grace === undefined || this.#graceSeconds === undefined || grace >= this.#graceSeconds || this.stopped) return
    this.#graceSeconds = grace
    this.#timers.push(setTimeout(() => this.#kill(metadata.uid ?? ''), grace * 1000))
  }

  /** Takes the next step unless one is under way; wakes the worker after each. */
  step(pod: Pod, gone: boolean): void {
    if (this.#running || this.done) return
    const deleted = gone || pod.metadata.deletionTimestamp !== undefined
    const next = !this.stopped
      ? () => this.#stopAll(pod, gone)
      : !this.#tornDown
        ? () => this.#tearDown(pod)
        : deleted
          ? () => this.#remove(pod, gone)
          : undefined
    if (!next) return
    this.#running = this.#attempt(next, pod)
  }

  async #attempt(next: () => Promise<void>, pod: Pod) {
    const { context, wake } = this.#options
    try {
      await next()
    } catch (error) {
      context.log.error('pod can not be ended, trying again', { pod: pod.metadata.name, error })
      await context.clock.sleep(retryMs)
    }
    this.#running = undefined
    wake()
  }

  async #stopAll(pod: Pod, gone: boolean) {
    const { context, bringUp, podIP } = this.#options
    const grace = (gone ? undefined : pod.metadata.deletionGracePeriodSeconds) ?? pod.spec.terminationGracePeriodSeconds ?? 30
    this.#graceSeconds ??= grace
    await bringUp.abort()
    const running = this.#alive(pod)
    const left = gone || !pod.metadata.deletionTimestamp ? undefined : this.#left(pod, grace)
    const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name)
    const stop = (container: RuntimeContainer, turn?: Promise<unknown>) =>
      stopContainer(context, { pod, container, graceSeconds: grace, podIP: podIP(), hurry: this.#hurry.signal, turn, left })
    const apps = Promise.all(running.filter(({ name }) => !sidecars.includes(name)).map((container) => stop(container)))
    // Sidecars outlive what they serve, and end in the reverse of the order in which they started.
    let turn: Promise<unknown> = apps
    const ends: Promise<unknown>[] = [apps]
    for (const name of sidecars.reverse()) {
      const container = running.find((each) => each.name === name)
      if (!container) continue
      turn = stop(container, turn)
      ends.push(turn)
    }
    await Promise.all(ends)
    if (this.#alive(pod).length > 0) return
    for (const timer of this.#timers) clearTimeout(timer)
    this.stopped = true
  }

  /** Of a pod that is deleted, for that is what Services go by. Not for longer than leaves the containers most of their grace. */
  #left(pod: Pod, graceSeconds: number): Promise<void> | undefined {
    const waitMs = Math.min(longestWaitMs, (graceSeconds * 1000) / 3)
    if (waitMs < shortestWaitMs) return undefined
    return this.#options.context.departures?.left(pod, AbortSignal.any([this.#hurry.signal, AbortSignal.timeout(waitMs)]))
  }

  #alive(pod: Pod) {
    return this.#options.context.runtime.pod(pod.metadata.uid ?? '')?.containers.filter(({ state }) => state === 'running') ?? []
  }

  #kill(uid: string) {
    const { runtime, log } = this.#options.context
    this.#hurry.abort()
    for (const { id, state } of runtime.pod(uid)?.containers ?? []) {
      if (state === 'running')
        runtime.killContainer(id).catch((error: unknown) => log.warn('container can not be killed', { id, error }))
    }
  }

  async #tearDown(pod: Pod) {
    const { context, probes, writer } = this.#options
    const { runtime, rooms, network, volumes, images } = context
    const uid = pod.metadata.uid ?? ''
    probes.stop()
    await Promise.all((runtime.pod(uid)?.sandboxes ?? []).filter(({ ready }) => ready).map(({ id }) => runtime.stopSandbox(id)))
    if (!pod.spec.hostNetwork) await network.detach(uid)
    await volumes.remove(uid)
    images.forget(pod)
    // Room that is given back before the pod's end is known would look like room that was lost.
    await writer.flush()
    await rooms.release(uid)
    this.#tornDown = true
  }

  async #remove(pod: Pod, gone: boolean) {
    const { context, writer } = this.#options
    const { runtime, client } = context
    const { uid = '', name, namespace = '' } = pod.metadata
    if (!gone) {
      await writer.flush()
      try {
        await client.delete(pods, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } })
      } catch (error) {
        if (!isReason(error, 'NotFound', 'Conflict')) throw error
      }
    }
    const { containers = [], sandboxes = [] } = runtime.pod(uid) ?? {}
    await Promise.all(containers.map(({ id }) => runtime.removeContainer(id)))
    await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id)))
    this.done = true
  }
}
