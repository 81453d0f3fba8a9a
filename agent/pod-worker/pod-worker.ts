import { timestamp } from '../../shared/platform/clock.ts'
import type { Container, PodStatus } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { fieldPathOf } from '../container/field-path.ts'
import { PodProbes } from '../probes/pod-probes.ts'
import { roomLoss } from '../room/room-loss.ts'
import { podStatus } from '../status/pod-status.ts'
import { computeActions, type PodActions } from './actions.ts'
import { rejection } from './admission.ts'
import { BackOff } from './back-off.ts'
import { BringUp } from './bring-up.ts'
import { ContainerStops } from './container-stops.ts'
import { attachNetwork } from './create-sandbox.ts'
import { withOthersConditions } from './others-conditions.ts'
import type { PodContext } from './pod-context.ts'
import { PodEnd } from './pod-end.ts'
import { readySandbox } from './pod-state.ts'
import { StatusWriter } from './status-writer.ts'
import { TerminationMessages } from './termination-messages.ts'
import { WakeTimer } from './wake-timer.ts'

export interface PodWorkerOptions {
  readonly context: PodContext
  readonly pod: Pod
  /** nothing of the pod is left, here and on the API server */
  readonly onDone: () => void
}

/**
 * Brings one pod to what its spec asks for. Level-triggered: whatever happened, it looks at the pod and at what runs and decides
 * anew; work that takes time goes on beside it and wakes it when it is done.
 */
export class PodWorker {
  readonly #context: PodContext
  readonly #onDone: () => void
  readonly #probes: PodProbes
  readonly #writer: StatusWriter
  readonly #bringUp: BringUp
  readonly #messages: TerminationMessages
  readonly #stops: ContainerStops
  readonly #timer = new WakeTimer(() => this.wake())
  readonly #backOff = new BackOff({ firstMs: 2000, longestMs: 60_000 })
  #pod: Pod
  #gone = false
  #status: PodStatus
  #podIP: string | undefined
  #end: PodEnd | undefined
  #failure: { reason: string; message: string } | undefined
  #busy: Promise<void> | undefined
  #dirty = false

  constructor({ context, pod, onDone }: PodWorkerOptions) {
    this.#context = context
    this.#pod = pod
    this.#onDone = onDone
    this.#status = pod.status ?? {}
    this.#writer = new StatusWriter(context, pod)
    this.#messages = new TerminationMessages(context)
    const wake = () => this.wake()
    const wakeIn = (ms: number) => this.#timer.ringIn(ms)
    this.#stops = new ContainerStops({ context, wake, wakeIn })
    const tell = (container: Container, reason: string, message: string) =>
      context.events.pod(this.#pod, { type: 'Warning', reason, message, fieldPath: fieldPathOf(this.#pod, container) })
    this.#probes = new PodProbes({
      clock: context.clock,
      run: context.probe,
      onChange: wake,
      onUnhealthy: (container, message) => tell(container, 'Unhealthy', message),
      onWarning: (container, message) => tell(container, 'ProbeWarning', message),
    })
    this.#bringUp = new BringUp({
      context,
      wakeIn,
      podIP: () => this.#podIP,
      setPodIP: (ip) => {
        this.#podIP = ip
      },
    })
    this.#seedProbes()
  }

  get pod(): Pod {
    return this.#pod
  }

  /** A newer state of the pod. */
  update(pod: Pod): void {
    this.#pod = pod
    this.#end?.update(pod)
    this.#writer.observe(pod.status)
    this.wake()
  }

  /** The pod is gone from the API server. */
  remove(): void {
    this.#gone = true
    this.#writer.stop()
    this.wake()
  }

  wake(): void {
    this.#dirty = true
    this.#busy ??= this.#loop().finally(() => {
      this.#busy = undefined
      if (this.#dirty) this.wake()
    })
  }

  /** Lets go without touching the containers. */
  stop(): void {
    this.#timer.stop()
    this.#probes.stop()
    this.#writer.stop()
    void this.#bringUp.abort()
  }

  async #loop() {
    while (this.#dirty) {
      this.#dirty = false
      try {
        await this.#sync()
        this.#backOff.reset('')
      } catch (error) {
        this.#context.log.error('pod can not be synced, trying again', { pod: this.#pod.metadata.name, error })
        const message = `error determining status: ${error instanceof Error ? error.message : error}`
        this.#context.events.pod(this.#pod, { type: 'Warning', reason: 'FailedSync', message })
        this.#backOff.next('', this.#context.clock.now(), this.#context.clock.now())
        this.#timer.ringIn(this.#backOff.delayMs(''))
      }
    }
  }

  async #sync() {
    const { runtime } = this.#context
    const uid = this.#pod.metadata.uid ?? ''
    await this.#messages.read(this.#pod)
    if (this.#mustEnd()) return this.#finish()
    // Its change wakes the worker.
    if (!this.#context.rooms.room(uid)) return this.#report()
    await this.#adopt()
    const state = runtime.pod(uid)
    this.#probes.follow(this.#pod, this.#bringUp.shown(state), this.#podIP)
    const actions = computeActions({ pod: this.#pod, runtime: state, probes: this.#probes })
    this.#report()
    const { signal: leave } = this.#bringUp
    for (const stop of actions.stop) this.#stops.start(stop, { pod: this.#pod, podIP: this.#podIP, leave })
    if (actions.endAll && actions.sandboxAttempt === undefined) return this.#finish()
    this.#start(actions)
    this.#watchDeadline()
  }

  #start(actions: PodActions) {
    if (actions.sandboxAttempt === undefined && actions.start.length === 0) return
    const { runtime } = this.#context
    const decide = () =>
      computeActions({ pod: this.#pod, runtime: runtime.pod(this.#pod.metadata.uid ?? ''), probes: this.#probes }).start
    this.#bringUp.run({ pod: this.#pod, actions, decide })
  }

  /** A pod that an earlier agent left running gets its network looked after again. */
  async #adopt() {
    const sandbox = readySandbox(this.#context.runtime.pod(this.#pod.metadata.uid ?? ''))
    if (!sandbox || this.#podIP !== undefined || this.#bringUp.busy) return
    this.#podIP = await attachNetwork(this.#context, this.#pod, sandbox)
  }

  #mustEnd(): boolean {
    if (this.#end || this.#gone || this.#pod.metadata.deletionTimestamp) return true
    const { phase } = this.#pod.status ?? {}
    if (phase === 'Failed' || phase === 'Succeeded') return true
    const rejected = rejection(this.#pod)
    if (rejected) {
      this.#failure = { ...rejected, message: `Pod was rejected: ${rejected.message}` }
      this.#context.events.pod(this.#pod, { type: 'Warning', ...rejected })
      return true
    }
    const { rooms, runtime } = this.#context
    const { uid = '' } = this.#pod.metadata
    const lost = roomLoss(rooms.room(uid), runtime.pod(uid))
    if (lost !== undefined) return this.#fail('PlacementLost', lost)
    if (this.#deadlineLeftMs() > 0) return false
    const message = 'Pod was active on the node longer than the specified deadline'
    return this.#fail('DeadlineExceeded', message)
  }

  #fail(reason: string, message: string): true {
    this.#failure = { reason, message }
    this.#context.events.pod(this.#pod, { type: 'Normal', reason, message })
    return true
  }

  #deadlineLeftMs(): number {
    const seconds = this.#pod.spec.activeDeadlineSeconds
    const startTime = this.#status.startTime
    if (seconds === undefined || startTime === undefined) return Number.POSITIVE_INFINITY
    return Date.parse(startTime) + seconds * 1000 - this.#context.clock.now()
  }

  #watchDeadline() {
    const left = this.#deadlineLeftMs()
    if (left !== Number.POSITIVE_INFINITY) this.#timer.ringIn(left)
  }

  #finish() {
    this.#end ??= new PodEnd({
      context: this.#context,
      bringUp: this.#bringUp,
      probes: this.#probes,
      writer: this.#writer,
      podIP: () => this.#podIP,
      wake: () => this.wake(),
    })
    this.#probes.follow(this.#pod, this.#context.runtime.pod(this.#pod.metadata.uid ?? ''), this.#podIP, true)
    this.#report()
    this.#end.step(this.#pod, this.#gone)
    if (!this.#end.done) return
    this.stop()
    // The worker stays until the object is gone, so that a late state of it does not make another.
    if (this.#gone) this.#onDone()
  }

  #report() {
    if (this.#gone) return
    const { runtime, hostIP, clock } = this.#context
    this.#status = podStatus({
      pod: this.#pod,
      runtime: this.#bringUp.shown(runtime.pod(this.#pod.metadata.uid ?? '')),
      runtimeName: runtime.name,
      probes: this.#probes,
      reasons: this.#bringUp.reasons,
      terminationMessages: this.#messages.byId,
      previous: withOthersConditions(this.#status, this.#pod.status),
      podIP: this.#podIP ?? (this.#end ? this.#status.podIP : undefined),
      hostIP,
      ended: this.#end?.stopped ?? false,
      failure: this.#failure,
      now: timestamp(clock.now()),
    })
    this.#writer.set(this.#status)
  }

  #seedProbes() {
    const statuses = [...(this.#status.containerStatuses ?? []), ...(this.#status.initContainerStatuses ?? [])]
    for (const { containerID, started, ready } of statuses) {
      if (containerID) this.#probes.seed(containerID.slice(containerID.indexOf('://') + 3), { started: started ?? false, ready })
    }
  }
}
