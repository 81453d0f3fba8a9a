import { availableParallelism } from 'node:os'
import type Docker from 'dockerode'
import type { Logger } from '../../../shared/platform/log.ts'
import { PodTable } from '../pod-table.ts'
import type { ContainerRuntime, ContainerSpec, ContainerStats, ExecOptions, LogOptions, PullOptions } from '../runtime.ts'
import { RuntimeError, type Sandbox, type SandboxSpec, type StreamOptions } from '../runtime.ts'
import { type Cgroup, findCgroup, readCgroup } from './cgroup.ts'
import { containerOptions, type NodeFacts, sandboxOptions } from './create-options.ts'
import { engineCall } from './engine-error.ts'
import { type EngineEvent, followEngineEvents } from './engine-events.ts'
import { attachToContainer, containerLogs, execInContainer } from './engine-streams.ts'
import { createGate } from './gate.ts'
import { inspectImage, listImages, pullImage } from './image-store.ts'
import { readInspected } from './inspected.ts'
import { type Owner, ownerFilter } from './labels.ts'
import { leastOomScore } from './oom-score.ts'
import { checkOwnProcess } from './own-process.ts'
import { ensurePauseImage } from './pause-image.ts'

export interface DockerRuntimeOptions {
  readonly docker: Docker
  readonly owner: Owner
  readonly log: Logger
  /** how often everything is listed again, for events that were lost */
  readonly relistMs?: number | undefined
}

/** The engine counts in nanoseconds, in 64 bits. */
const longestGraceSeconds = 2 ** 31 - 1

/** Pods on a Docker Engine (20.10 or newer), found again by their labels. */
export class DockerRuntime implements ContainerRuntime {
  readonly name = 'docker'
  readonly #docker: Docker
  readonly #owner: Owner
  readonly #log: Logger
  readonly #relistMs: number
  readonly #table = new PodTable()
  readonly #stopped = new AbortController()
  /** Starting a container is work for the processors; pods that have begun to start are finished first. */
  readonly #gate = createGate(Math.max(4, 4 * availableParallelism()))
  /** ids whose removal this process has asked for: a late inspect must not bring them back */
  readonly #removed = new Set<string>()
  readonly #refreshing = new Map<string, Promise<void>>()
  /** of those that somebody asked for, until they end */
  readonly #cgroups = new Map<string, Cgroup>()
  #facts: NodeFacts | undefined
  #relistTimer: NodeJS.Timeout | undefined

  constructor(options: DockerRuntimeOptions) {
    this.#docker = options.docker
    this.#owner = options.owner
    this.#log = options.log
    this.#relistMs = options.relistMs ?? 10_000
  }

  async version() {
    const { Version: version, ApiVersion: apiVersion } = (await engineCall(() => this.#docker.version()))!
    return { name: this.name, version, apiVersion }
  }

  async start() {
    const pauseImage = (await engineCall(() => ensurePauseImage(this.#docker)))!
    this.#facts = { owner: this.#owner, pauseImage, leastOomScore: await leastOomScore() }
    await this.#relist()
    void followEngineEvents({
      docker: this.#docker,
      filter: { label: ownerFilter(this.#owner), event: ['start', 'die', 'destroy', 'oom'] },
      log: this.#log,
      signal: this.#stopped.signal,
      onEvent: (event) => this.#handle(event),
      onConnected: () => this.#relistLogged(),
    })
    this.#relistTimer = setInterval(() => this.#relistLogged(), this.#relistMs)
  }

  async stop() {
    clearInterval(this.#relistTimer)
    this.#stopped.abort()
  }

  pod(uid: string) {
    return this.#table.pod(uid)
  }

  pods() {
    return this.#table.pods()
  }

  onChange(listener: (uid: string) => void) {
    return this.#table.onChange(listener)
  }

  async createSandbox(spec: SandboxSpec): Promise<Sandbox> {
    const create = () => engineCall(() => this.#docker.createContainer(sandboxOptions(this.#facts!, spec)), [404])
    let container = await create()
    if (!container) {
      // Somebody has removed the pause image.
      await engineCall(() => ensurePauseImage(this.#docker))
      container = (await create())!
    }
    try {
      await this.#gate(() => engineCall(() => container.start()))
    } catch (error) {
      await this.#remove(container.id)
      throw error
    }
    await this.#refresh(container.id)
    const sandbox = this.#table.find(container.id)
    if (!sandbox || !('attempt' in sandbox) || !sandbox.ready) throw new RuntimeError('sandbox ended at once')
    if (sandbox.netns) await checkOwnProcess(sandbox.netns, sandbox.id)
    return sandbox
  }

  async stopSandbox(id: string) {
    await engineCall(() => this.#docker.getContainer(id).kill({ signal: 'SIGKILL' }), [404, 409])
    await this.#refresh(id)
  }

  removeSandbox(id: string) {
    return this.#remove(id)
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    const container = (await engineCall(() => this.#docker.createContainer(containerOptions(this.#facts!, spec))))!
    const { pod, sandboxId, name, restartCount, image, imageID, hash, terminationGraceSeconds, terminationMessageFile } = spec
    const known = { sandboxId, name, restartCount, image, imageID, hash, terminationGraceSeconds, terminationMessageFile }
    this.#table.setContainer(pod, { id: container.id, state: 'created', createdAt: Date.now(), ...known })
    return container.id
  }

  async startContainer(id: string) {
    try {
      await this.#gate(() => engineCall(() => this.#docker.getContainer(id).start()), { urgent: true })
    } finally {
      await this.#refresh(id)
    }
  }

  async stopContainer(id: string, graceSeconds: number) {
    const t = Math.min(Math.ceil(graceSeconds), longestGraceSeconds)
    await engineCall(() => this.#docker.getContainer(id).stop({ t }), [304, 404])
    await this.#refresh(id)
  }

  async killContainer(id: string) {
    await engineCall(() => this.#docker.getContainer(id).kill({ signal: 'SIGKILL' }), [404, 409])
    await this.#refresh(id)
  }

  removeContainer(id: string) {
    return this.#remove(id)
  }

  image(reference: string) {
    return inspectImage(this.#docker, reference)
  }

  images() {
    return listImages(this.#docker)
  }

  pullImage(reference: string, options: PullOptions) {
    return pullImage(this.#docker, reference, options)
  }

  logs(id: string, options: LogOptions) {
    return containerLogs(this.#docker, id, options)
  }

  exec(id: string, options: ExecOptions) {
    return execInContainer(this.#docker, id, options)
  }

  attach(id: string, options: StreamOptions) {
    return attachToContainer(this.#docker, id, options)
  }

  async stats(id: string): Promise<ContainerStats> {
    const container = this.#table.find(id)
    const pid = container && 'pid' in container ? container.pid : undefined
    const cgroup = this.#cgroups.get(id) ?? (pid === undefined ? undefined : await findCgroup(pid, id))
    const stats = cgroup && (await readCgroup(cgroup))
    if (!cgroup || !stats) throw new RuntimeError(`container ${id.slice(0, 12)} does not run`)
    this.#cgroups.set(id, cgroup)
    return stats
  }

  async #remove(id: string) {
    this.#removed.add(id)
    // 409: its removal has begun already
    await this.#gate(() => engineCall(() => this.#docker.getContainer(id).remove({ force: true, v: true }), [404, 409]))
    this.#table.remove(id)
  }

  #handle({ id, action }: EngineEvent) {
    if (action === 'destroy') {
      this.#cgroups.delete(id)
      this.#table.remove(id)
      this.#removed.delete(id)
      return
    }
    this.#refresh(id).catch((error: unknown) => this.#log.warn('container can not be inspected', { id, error }))
  }

  /** One inspect of a container at a time, so that an older answer never overwrites a newer one. */
  #refresh(id: string): Promise<void> {
    const before = this.#refreshing.get(id) ?? Promise.resolve()
    const next = before.then(
      () => this.#inspect(id),
      () => this.#inspect(id),
    )
    this.#refreshing.set(id, next)
    const forget = () => {
      if (this.#refreshing.get(id) === next) this.#refreshing.delete(id)
    }
    next.then(forget, forget)
    return next
  }

  async #inspect(id: string) {
    const info = await engineCall(() => this.#docker.getContainer(id).inspect(), [404])
    if (!info?.State.Running) this.#cgroups.delete(id)
    if (!info || this.#removed.has(id)) return this.#table.remove(id)
    const found = readInspected(info)
    if (found.type === 'sandbox') this.#table.setSandbox(found.pod, found.sandbox)
    else this.#table.setContainer(found.pod, found.container)
  }

  #relistLogged() {
    this.#relist().catch((error: unknown) => this.#log.warn('containers can not be listed', { error }))
  }

  async #relist() {
    const before = this.#table.ids()
    const listed = (await engineCall(() =>
      this.#docker.listContainers({ all: true, filters: { label: ownerFilter(this.#owner) } }),
    ))!
    const present = new Set(listed.map(({ Id: id }) => id))
    for (const id of before) if (!present.has(id)) this.#table.remove(id)
    await Promise.all(listed.filter((each) => this.#differs(each.Id, each.State)).map((each) => this.#refresh(each.Id)))
  }

  #differs(id: string, engineState: string): boolean {
    if (this.#removed.has(id)) return false
    const known = this.#table.find(id)
    if (!known) return true
    const running = 'attempt' in known ? known.ready : known.state === 'running'
    return running !== (engineState === 'running')
  }
}
