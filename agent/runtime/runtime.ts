import type { Readable } from 'node:stream'

/**
 * Runs the containers of one node's pods. It holds what it knows in memory (`pod`, `pods`), filled by `start` from what an
 * earlier agent left, and kept by its own calls and the engine's events; each change of a pod calls the listeners.
 * Calls reject with `RuntimeError` carrying the engine's words. Stopping and removing what has gone already succeeds.
 */
export interface ContainerRuntime {
  /** scheme of container ids in status: `docker` */
  readonly name: string
  version(): Promise<RuntimeVersion>
  start(): Promise<void>
  /** Stops following the engine; containers keep running. */
  stop(): Promise<void>
  pod(uid: string): RuntimePod | undefined
  pods(): readonly RuntimePod[]
  onChange(listener: (uid: string) => void): () => void

  /** Makes and starts a sandbox without a network; its namespaces are there when this resolves. */
  createSandbox(spec: SandboxSpec): Promise<Sandbox>
  stopSandbox(id: string): Promise<void>
  removeSandbox(id: string): Promise<void>
  createContainer(spec: ContainerSpec): Promise<string>
  startContainer(id: string): Promise<void>
  /** The stop signal, then SIGKILL after the grace; resolves when the container is dead. */
  stopContainer(id: string, graceSeconds: number): Promise<void>
  killContainer(id: string): Promise<void>
  removeContainer(id: string): Promise<void>

  /** undefined: not on this machine */
  image(reference: string): Promise<RuntimeImage | undefined>
  pullImage(reference: string, options: PullOptions): Promise<RuntimeImage>
  images(): Promise<readonly RuntimeImage[]>

  /** Raw bytes as the container wrote them, both streams in order, a timestamp before each line if asked for. */
  logs(id: string, options: LogOptions): Promise<Readable>
  exec(id: string, options: ExecOptions): Promise<ExecSession>
  attach(id: string, options: StreamOptions): Promise<StreamSession>
  /** of one that runs */
  stats(id: string): Promise<ContainerStats>
}

export interface RuntimeVersion {
  readonly name: string
  readonly version: string
  readonly apiVersion: string
}

export interface PodIdentity {
  readonly uid: string
  readonly namespace: string
  readonly name: string
}

export interface RuntimePod extends PodIdentity {
  /** newest first */
  readonly sandboxes: readonly Sandbox[]
  /** newest first, dead ones included until they are removed */
  readonly containers: readonly RuntimeContainer[]
}

export interface Sandbox {
  readonly id: string
  readonly attempt: number
  readonly ready: boolean
  /** milliseconds since the epoch */
  readonly createdAt: number
  /** `/proc/<pid>/ns/net`; undefined for the host's network and when not ready */
  readonly netns?: string | undefined
  /** of its containers too; undefined: the engine's own */
  readonly cgroupParent?: string | undefined
}

export interface RuntimeContainer {
  readonly id: string
  readonly name: string
  readonly sandboxId: string
  readonly restartCount: number
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: number
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
  /** of its first process on this machine, while it runs; undefined: there is none */
  readonly pid?: number | undefined
  readonly exitCode?: number | undefined
  /** OOMKilled, ContainerCannotRun, Completed, Error */
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly image: string
  readonly imageID: string
  /** of the part of its spec whose change restarts it */
  readonly hash: string
  /** for what must end it when its pod is gone from the API server */
  readonly terminationGraceSeconds: number
  /** on the host; undefined: none */
  readonly terminationMessageFile?: string | undefined
}

export interface SandboxSpec {
  readonly pod: PodIdentity
  readonly attempt: number
  readonly hostname: string
  readonly hostNetwork: boolean
  readonly hostPID: boolean
  readonly hostIPC: boolean
  readonly sharePID: boolean
  readonly sysctls: Readonly<Record<string, string>>
  readonly terminationGraceSeconds: number
  readonly cgroupParent?: string | undefined
}

export interface ContainerSpec {
  readonly pod: PodIdentity
  readonly sandboxId: string
  /** the sandbox's */
  readonly cgroupParent?: string | undefined
  readonly name: string
  readonly restartCount: number
  readonly hash: string
  readonly image: string
  readonly imageID: string
  /** undefined: the image's entrypoint */
  readonly command?: readonly string[] | undefined
  readonly args?: readonly string[] | undefined
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly workingDir?: string | undefined
  readonly mounts: readonly Mount[]
  /** `uid`, `uid:gid`; undefined: the image's */
  readonly user?: string | undefined
  readonly groups: readonly number[]
  readonly capabilitiesAdded: readonly string[]
  readonly capabilitiesDropped: readonly string[]
  readonly privileged: boolean
  readonly readOnlyRoot: boolean
  readonly noNewPrivileges: boolean
  readonly seccomp: SeccompChoice
  readonly resources: ContainerResources
  readonly hostPID: boolean
  readonly sharePID: boolean
  /** the container whose processes it sees, whatever the pod's others see */
  readonly targetID?: string | undefined
  readonly hostIPC: boolean
  readonly stdin: boolean
  readonly stdinOnce: boolean
  readonly tty: boolean
  /** undefined: the image's, or SIGTERM */
  readonly stopSignal?: string | undefined
  readonly terminationGraceSeconds: number
  readonly terminationMessageFile?: string | undefined
}

export type SeccompChoice =
  | { readonly type: 'RuntimeDefault' | 'Unconfined' }
  /** `profile` is the JSON itself */
  | { readonly type: 'Localhost'; readonly profile: string }

/** cgroup values; undefined: no limit */
export interface ContainerResources {
  readonly cpuShares: number
  readonly cpuPeriod?: number | undefined
  readonly cpuQuota?: number | undefined
  readonly memoryBytes?: number | undefined
  readonly oomScoreAdj: number
}

export interface Mount {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  readonly propagation: 'rprivate' | 'rslave' | 'rshared'
}

export interface RuntimeImage {
  /** `repository@sha256:…` of a pulled image, `sha256:…` of one made here */
  readonly id: string
  readonly names: readonly string[]
  readonly sizeBytes: number
  /** '' is root */
  readonly user: string
}

export interface PullOptions {
  readonly signal: AbortSignal
  readonly credentials?: { readonly username: string; readonly password: string; readonly server: string } | undefined
}

export interface LogOptions {
  readonly follow: boolean
  readonly tailLines?: number | undefined
  /** milliseconds since the epoch */
  readonly since?: number | undefined
  readonly timestamps: boolean
}

export interface StreamOptions {
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly tty: boolean
}

export interface ExecOptions extends StreamOptions {
  readonly command: readonly string[]
}

/** `stdin` ends the process's input when it ends; stderr stays empty with a tty. */
export interface StreamSession {
  readonly stdin: NodeJS.WritableStream
  readonly stdout: Readable
  readonly stderr: Readable
  resize(width: number, height: number): Promise<void>
  close(): void
}

export interface ExecSession extends StreamSession {
  /** Resolves after both outputs have ended. */
  readonly exitCode: Promise<number>
  kill(): Promise<void>
}

/** cpuNanoseconds: since it began to run; the working set is what can't be dropped at once */
export interface ContainerStats {
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  readonly memoryWorkingSetBytes: number
}

export class RuntimeError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'RuntimeError'
  }
}
