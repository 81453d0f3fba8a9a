import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../shared/platform/clock.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { isSidecar } from '../../pod-worker/restart-policy.ts'
import { PodTable } from '../pod-table.ts'
import {
  type ContainerRuntime,
  type ContainerSpec,
  type ContainerStats,
  type PodIdentity,
  type PullOptions,
  type RuntimeContainer,
  RuntimeError,
  type RuntimeImage,
  type Sandbox,
  type SandboxSpec,
} from '../runtime.ts'
import { SimulatedProcessors, usageOf } from './simulated-usage.ts'

export interface SimulatedRuntimeOptions {
  readonly clock: Clock
  readonly podOf: (pod: PodIdentity) => Pod | undefined
  readonly pullMs?: number | undefined
  readonly startMs?: number | undefined
}

/** Seconds after which the containers of a pod whose restartPolicy is not Always end by themselves. */
export const completeAfterAnnotation = 'simulated.windlass.dev/complete-after'
/** The exit code they end with; 0 when not given. */
export const exitCodeAnnotation = 'simulated.windlass.dev/exit-code'

const nothingRuns = () => new RuntimeError('nothing really runs on a simulated node; start the cluster with --runtime docker')

/** Containers that only have states, which move as real ones would. */
export class SimulatedRuntime implements ContainerRuntime {
  readonly name = 'simulated'
  readonly #options: SimulatedRuntimeOptions
  readonly #table = new PodTable()
  readonly #images = new Map<string, RuntimeImage>()
  readonly #stopped = new AbortController()
  readonly #owners = new Map<string, PodIdentity>()
  readonly #processors = new SimulatedProcessors()

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options
  }

  async version() {
    return { name: this.name, version: '1.0', apiVersion: '1.0' }
  }

  start() {
    return Promise.resolve()
  }

  async stop() {
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

  async createSandbox({ pod, attempt }: SandboxSpec): Promise<Sandbox> {
    const id = this.#newId(pod)
    const sandbox = { id, attempt, ready: true, createdAt: this.#now() }
    this.#table.setSandbox(pod, sandbox)
    return sandbox
  }

  async stopSandbox(id: string) {
    const sandbox = this.#table.find(id)
    if (sandbox && 'ready' in sandbox) this.#table.setSandbox(this.#owners.get(id)!, { ...sandbox, ready: false })
  }

  async removeSandbox(id: string) {
    this.#remove(id)
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    const id = this.#newId(spec.pod)
    const { name, sandboxId, restartCount, image, imageID, hash, terminationGraceSeconds } = spec
    const known = { name, sandboxId, restartCount, image, imageID, hash, terminationGraceSeconds }
    this.#table.setContainer(spec.pod, { id, state: 'created', createdAt: this.#now(), ...known })
    return id
  }

  async startContainer(id: string) {
    const { startMs = 0 } = this.#options
    if (startMs > 0) await this.#options.clock.sleep(startMs, this.#stopped.signal)
    this.#change(id, { state: 'running', startedAt: this.#now() })
    void this.#endByItself(id)
  }

  async stopContainer(id: string) {
    this.exit(id, 0)
  }

  async killContainer(id: string) {
    this.exit(id, 137)
  }

  /** The process ends, as if by itself. */
  exit(id: string, exitCode: number): void {
    const container = this.#container(id)
    if (container?.state !== 'running') return
    const reason = exitCode === 0 ? 'Completed' : 'Error'
    this.#change(id, { state: 'exited', finishedAt: this.#now(), exitCode, reason })
  }

  async removeContainer(id: string) {
    this.#remove(id)
  }

  async image(reference: string) {
    return this.#images.get(reference)
  }

  async images() {
    return []
  }

  async pullImage(reference: string, { signal }: PullOptions): Promise<RuntimeImage> {
    const { clock, pullMs = 0 } = this.#options
    if (pullMs > 0) await clock.sleep(pullMs, signal)
    const image = { id: `${reference}@sha256:${'0'.repeat(64)}`, names: [reference], sizeBytes: 1_000_000, user: '' }
    this.#images.set(reference, image)
    return image
  }

  async logs(): Promise<never> {
    throw nothingRuns()
  }

  async exec(): Promise<never> {
    throw nothingRuns()
  }

  async attach(): Promise<never> {
    throw nothingRuns()
  }

  async stats(id: string): Promise<ContainerStats> {
    const container = this.#container(id)
    const owner = this.#owners.get(id)
    if (!owner || container?.state !== 'running') throw new RuntimeError(`container ${id.slice(0, 12)} does not run`)
    const usage = usageOf(this.#options.podOf(owner), container.name)
    const cpuNanoseconds = this.#processors.until(id, this.#now(), {
      nanoCores: usage.nanoCores,
      startedMs: container.startedAt ?? 0,
    })
    return { cpuNanoseconds, memoryBytes: usage.memoryBytes, memoryWorkingSetBytes: usage.memoryBytes }
  }

  async #endByItself(id: string) {
    const { clock, podOf } = this.#options
    const container = this.#container(id)
    const pod = podOf(this.#owners.get(id)!)
    if (!container || !pod) return
    const init = pod.spec.initContainers?.find(({ name }) => name === container.name)
    if (init && isSidecar(init)) return
    if (init) return this.exit(id, 0)
    const seconds = Number(pod.metadata.annotations?.[completeAfterAnnotation] ?? Number.NaN)
    if (Number.isNaN(seconds) || pod.spec.restartPolicy === 'Always') return
    await clock.sleep(seconds * 1000, this.#stopped.signal)
    if (!this.#stopped.signal.aborted) this.exit(id, Number(pod.metadata.annotations?.[exitCodeAnnotation] ?? 0))
  }

  #container(id: string): RuntimeContainer | undefined {
    const found = this.#table.find(id)
    return found && 'state' in found ? found : undefined
  }

  #change(id: string, change: Partial<RuntimeContainer>) {
    const container = this.#container(id)
    if (container) this.#table.setContainer(this.#owners.get(id)!, { ...container, ...change })
  }

  #newId(pod: PodIdentity): string {
    const id = randomUUID().replaceAll('-', '').repeat(2)
    this.#owners.set(id, pod)
    return id
  }

  #remove(id: string) {
    this.#table.remove(id)
    this.#owners.delete(id)
    this.#processors.forget(id)
  }

  #now() {
    return this.#options.clock.now()
  }
}
