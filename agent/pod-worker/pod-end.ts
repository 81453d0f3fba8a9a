import { isReason } from '../../shared/meta/status.ts'
import { openTimeLimit, type TimeLimit } from '../../shared/platform/time-limit.ts'
import { type Pod, pods } from '../../shared/resources/resource.ts'
import type { PodProbes } from '../probes/pod-probes.ts'
import type { RuntimeContainer } from '../runtime/runtime.ts'
import { BackOff } from './back-off.ts'
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

const retries = { firstMs: 2000, longestMs: 60_000 }
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
  /** by the clock */
  #graceOverMs = Number.POSITIVE_INFINITY
  #running: Promise<void> | undefined
  readonly #shorter: TimeLimit[] = []
  readonly #backOff = new BackOff(retries)

  constructor(options: PodEndOptions) {
    this.#options = options
  }

  /** A second deletion may shorten the grace. */
  update({ metadata }: Pod): void {
    const grace = metadata.deletionGracePeriodSeconds
    if (grace === undefined || this.#graceSeconds === undefined || grace >= this.#graceSeconds || this.stopped) return
    this.#graceSeconds = grace
    const limit = openTimeLimit(this.#options.context.clock, grace * 1000)
    this.#shorter.push(limit)
    const kill = () => this.#kill(metadata.uid ?? '')
    if (limit.signal.aborted) kill()
    else limit.signal.addEventListener('abort', kill, { once: true })
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
      const message = `error killing pod: ${error instanceof Error ? error.message : error}`
      context.events.pod(pod, { type: 'Warning', reason: 'FailedKillPod', message })
      // What keeps a graceful end from coming about does not keep the pod alive.
      if (context.clock.now() >= this.#graceOverMs) this.#kill(pod.metadata.uid ?? '')
      this.#backOff.next('', context.clock.now(), context.clock.now())
      await context.clock.sleep(this.#backOff.delayMs(''))
    }
    this.#running = undefined
    wake()
  }

  async #stopAll(pod: Pod, gone: boolean) {
    const { context, bringUp } = this.#options
    const grace = (gone ? undefined : pod.metadata.deletionGracePeriodSeconds) ?? pod.spec.terminationGracePeriodSeconds ?? 30
    if (this.#graceSeconds === undefined) {
      this.#graceSeconds = grace
      this.#graceOverMs = context.clock.now() + grace * 1000
    }
    await bringUp.abort()
    const running = this.#alive(pod)
    if (running.length > 0) await this.#stopContainers(pod, { running, grace, gone })
    if (this.#alive(pod).length > 0) return
    for (const limit of this.#shorter) limit.close()
    this.stopped = true
  }

  async #stopContainers(pod: Pod, options: { running: readonly RuntimeContainer[]; grace: number; gone: boolean }) {
    const { context, podIP } = this.#options
    const { running, grace, gone } = options
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
  }

  /** Of a pod that is deleted, for that is what Services go by. Not for longer than leaves the containers most of their grace. */
  #left(pod: Pod, graceSeconds: number): Promise<void> | undefined {
    const { departures, clock } = this.#options.context
    const waitMs = Math.min(longestWaitMs, (graceSeconds * 1000) / 3)
    if (!departures || waitMs < shortestWaitMs) return undefined
    const limit = openTimeLimit(clock, waitMs, this.#hurry.signal)
    return departures.left(pod, limit.signal).finally(() => limit.close())
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
