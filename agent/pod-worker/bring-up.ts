import type { Container, EphemeralContainer } from '../../shared/resources/generated/types.ts'
import type { Pod } from '../../shared/resources/resource.ts'
import { fieldPathOf } from '../container/field-path.ts'
import type { RuntimeImage, RuntimePod } from '../runtime/runtime.ts'
import { type MountedVolume, VolumeError } from '../volumes/volume.ts'
import type { PodActions } from './actions.ts'
import { BackOff } from './back-off.ts'
import { containerHash } from './container-hash.ts'
import { createSandbox } from './create-sandbox.ts'
import { type PodContext, podText } from './pod-context.ts'
import { newestOf, readySandbox } from './pod-state.ts'
import { StartError, startContainer } from './start-container.ts'

export interface BringUpOptions {
  readonly context: PodContext
  readonly wakeIn: (ms: number) => void
  readonly podIP: () => string | undefined
  readonly setPodIP: (ip: string | undefined) => void
}

export interface BringUpRequest {
  readonly pod: Pod
  readonly actions: PodActions
  /** the containers to start as of now */
  readonly decide: () => readonly Container[]
}

/** Makes a pod's sandbox and starts its containers, one run at a time, in order; remembers why containers wait and until when. */
export class BringUp {
  /** by container name */
  readonly reasons = new Map<string, { reason: string; message: string }>()
  /** ids of containers that run and whose postStart hook is not over */
  readonly #hooking = new Set<string>()
  readonly #options: BringUpOptions
  readonly #abort = new AbortController()
  readonly #crashes = new BackOff()
  readonly #setUp = new BackOff({ firstMs: 500, longestMs: 60_000 })
  readonly #retryAt = new Map<string, number>()
  #running: Promise<void> | undefined
  #volumes: ReadonlyMap<string, MountedVolume> | undefined

  constructor(options: BringUpOptions) {
    this.#options = options
  }

  get busy(): boolean {
    return this.#running !== undefined
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** What there is as others are told of it: a container whose postStart hook is not over has not started. */
  shown(runtime: RuntimePod | undefined): RuntimePod | undefined {
    if (!runtime || this.#hooking.size === 0) return runtime
    return { ...runtime, containers: runtime.containers.filter(({ id }) => !this.#hooking.has(id)) }
  }

  /** Nothing is started after this; resolves when what was under way has come to its end. */
  async abort(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  run(request: BringUpRequest): void {
    const { context, wakeIn } = this.#options
    if (this.#running || this.signal.aborted) return
    const waitMs = this.#setUp.remainingSinceNext('', context.clock.now())
    if (waitMs > 0) {
      wakeIn(waitMs)
      return
    }
    const { pod, actions } = request
    const wanted = actions.sandboxAttempt === undefined ? actions.start : firstContainers(pod)
    const starting = wanted.filter((container) => this.#due(pod, container))
    if (starting.length === 0 && actions.sandboxAttempt === undefined) return
    this.#running = this.#run(request, starting)
      .catch((error: unknown) => {
        if (this.signal.aborted) return
        context.log.error('pod can not be brought up', { pod: request.pod.metadata.name, error })
        wakeIn(this.#failedSetUp())
      })
      .finally(() => {
        this.#running = undefined
        wakeIn(0)
      })
  }

  async #run(request: BringUpRequest, starting: readonly Container[]) {
    const { pod, actions, decide } = request
    const images = new Map(starting.map((container) => [container.name, this.#image(pod, container)]))
    const ready = await this.#standing(request)
    if (!ready) return
    const now = actions.sandboxAttempt === undefined ? starting : decide().filter((container) => this.#due(pod, container))
    for (const container of now) {
      if (this.signal.aborted) return
      await this.#startOne(pod, container, images.get(container.name) ?? this.#image(pod, container))
    }
  }

  #image(pod: Pod, container: Container): Promise<RuntimeImage> {
    const image = this.#options.context.images.ensure(pod, container, this.signal)
    image.catch(() => undefined)
    return image
  }

  /** Volumes and sandbox at the same time. false: not now. */
  async #standing({ pod, actions }: BringUpRequest): Promise<boolean> {
    const { context, setPodIP, wakeIn } = this.#options
    const attempt = actions.sandboxAttempt
    if (attempt !== undefined && actions.endAll) {
      setPodIP(undefined)
      await this.#clearOld(pod)
    }
    const [volumes, sandbox] = await Promise.allSettled([
      this.#volumes ?? context.volumes.mount(pod),
      attempt === undefined ? undefined : createSandbox(context, pod, attempt),
    ])
    if (sandbox.status === 'fulfilled' && sandbox.value) setPodIP(sandbox.value.podIP)
    if (volumes.status === 'fulfilled') this.#volumes = volumes.value
    if (this.signal.aborted) return false
    if (sandbox.status === 'rejected') {
      const message = `Failed to create pod sandbox: ${textOf(sandbox.reason)}`
      context.events.pod(pod, { type: 'Warning', reason: 'FailedCreatePodSandBox', message })
    }
    if (volumes.status === 'rejected') {
      const { reason } = volumes
      const message =
        reason instanceof VolumeError
          ? `MountVolume.SetUp failed for volume "${reason.volume}" : ${reason.message}`
          : textOf(reason)
      context.events.pod(pod, { type: 'Warning', reason: 'FailedMount', message })
    }
    if (sandbox.status === 'fulfilled' && volumes.status === 'fulfilled') {
      this.#setUp.reset('')
      return true
    }
    wakeIn(this.#failedSetUp())
    return false
  }

  #failedSetUp(): number {
    const now = this.#options.context.clock.now()
    this.#setUp.next('', now, now)
    return this.#setUp.delayMs('')
  }

  /** The sandbox died: what still runs in it can't reach anything any more. Init containers run anew in the next one. */
  async #clearOld(pod: Pod) {
    const { runtime, network, events } = this.#options.context
    const uid = pod.metadata.uid ?? ''
    const message = 'Pod sandbox changed, it will be killed and re-created.'
    events.pod(pod, { type: 'Normal', reason: 'SandboxChanged', message })
    const { containers = [], sandboxes = [] } = runtime.pod(uid) ?? {}
    await Promise.all(containers.filter(({ state }) => state === 'running').map(({ id }) => runtime.killContainer(id)))
    await network.detach(uid)
    const init = new Set((pod.spec.initContainers ?? []).map(({ name }) => name))
    await Promise.all(containers.filter(({ name }) => init.has(name)).map(({ id }) => runtime.removeContainer(id)))
    await Promise.all(sandboxes.slice(1).map(({ id }) => runtime.removeSandbox(id)))
  }

  /** Whether to try a container now; if it has to wait, says so and when. */
  #due(pod: Pod, container: Container): boolean {
    const { context, wakeIn } = this.#options
    const now = context.clock.now()
    const left = (this.#retryAt.get(container.name) ?? 0) - now
    if (left > 0) {
      wakeIn(left)
      return false
    }
    const newest = newestOf(context.runtime.pod(pod.metadata.uid ?? ''), container.name)
    if (newest?.state !== 'exited') return true
    const key = crashKey(container)
    const finishedAt = newest.finishedAt ?? newest.createdAt
    const waitMs = this.#crashes.remaining(key, finishedAt, now)
    if (waitMs === 0) return true
    const delay = goSeconds(this.#crashes.delayMs(key))
    const message = `back-off ${delay} restarting failed container=${container.name} pod=${podText(pod)}`
    this.reasons.set(container.name, { reason: 'CrashLoopBackOff', message })
    this.#retryAt.set(container.name, now + waitMs)
    const told = `Back-off restarting failed container ${container.name} in pod ${podText(pod)}`
    context.events.pod(pod, { type: 'Warning', reason: 'BackOff', message: told, fieldPath: fieldPathOf(pod, container) })
    wakeIn(waitMs)
    return false
  }

  async #startOne(pod: Pod, container: Container, image: Promise<RuntimeImage>) {
    const { context, wakeIn } = this.#options
    const state = context.runtime.pod(pod.metadata.uid ?? '')
    const sandbox = readySandbox(state)
    const newest = newestOf(state, container.name)
    if (!sandbox || !this.#volumes || newest?.state === 'running') return
    // Created and never started: an earlier agent ended in between.
    if (newest?.state === 'created') await context.runtime.removeContainer(newest.id)
    const restartCount = newest ? newest.restartCount + (newest.state === 'created' ? 0 : 1) : earlierRestarts(pod, container)
    if (newest?.state === 'exited')
      this.#crashes.next(crashKey(container), newest.finishedAt ?? newest.createdAt, context.clock.now())
    const podIP = this.#options.podIP() ?? ''
    try {
      await startContainer(context, {
        pod,
        container,
        sandbox,
        podIP,
        volumes: this.#volumes,
        restartCount,
        image,
        signal: this.signal,
        targetID: targetOf(container, state),
        hooking: this.#hooking,
      })
      this.reasons.delete(container.name)
      this.#retryAt.delete(container.name)
      if (container.lifecycle?.postStart) wakeIn(0)
    } catch (error) {
      if (this.signal.aborted || !(error instanceof StartError)) throw error
      this.reasons.set(container.name, { reason: error.reason, message: error.message })
      this.#retryAt.set(container.name, context.clock.now() + error.retryMs)
      wakeIn(error.retryMs)
    }
    await this.#removeOld(pod, container)
  }

  /** The last one that ended is kept, for its logs and lastState. */
  async #removeOld(pod: Pod, { name }: Container) {
    const { runtime } = this.#options.context
    const mine = runtime.pod(pod.metadata.uid ?? '')?.containers.filter((each) => each.name === name) ?? []
    await Promise.all(mine.slice(2).map(({ id }) => runtime.removeContainer(id)))
  }
}

/** A changed image begins without the other's history. */
const crashKey = (container: Container) => `${container.name}/${containerHash(container)}`

const targetOf = ({ targetContainerName }: EphemeralContainer, runtime: RuntimePod | undefined): string | undefined =>
  targetContainerName ? newestOf(runtime, targetContainerName)?.id : undefined

const firstContainers = ({ spec }: Pod): readonly Container[] =>
  spec.initContainers?.length ? spec.initContainers.slice(0, 1) : spec.containers

/** When the engine has lost a container, its count goes on from the status. */
const earlierRestarts = ({ status }: Pod, { name }: Container): number => {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
  const known = all.find((each) => each.name === name)
  if (!known) return 0
  return known.containerID ? known.restartCount + 1 : known.restartCount
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** As Go prints it: `10s`, `1m20s`, `5m0s`. */
const goSeconds = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}
