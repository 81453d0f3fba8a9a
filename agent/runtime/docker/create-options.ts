import type { ContainerCreateOptions } from 'dockerode'
import type { ContainerSpec, Mount, SandboxSpec } from '../runtime.ts'
import { containerLabels, type Owner, sandboxLabels } from './labels.ts'

/** Docker's `logs` API reads these files; rotation bounds what a talkative container takes from the disk. */
const logConfig = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } }

/** What is the same for all containers of a node. */
export interface NodeFacts {
  readonly owner: Owner
  readonly pauseImage: string
  /** see leastOomScore */
  readonly leastOomScore: number
}

export const sandboxOptions = ({ owner, pauseImage, leastOomScore }: NodeFacts, spec: SandboxSpec): ContainerCreateOptions => ({
  name: `windlass_POD_${spec.pod.name}_${spec.pod.namespace}_${spec.pod.uid}_${spec.attempt}`,
  Image: pauseImage,
  Labels: sandboxLabels(owner, spec),
  ...(spec.hostNetwork ? {} : { Hostname: spec.hostname }),
  HostConfig: {
    NetworkMode: spec.hostNetwork ? 'host' : 'none',
    IpcMode: spec.hostIPC ? 'host' : 'shareable',
    PidMode: spec.hostPID ? 'host' : '',
    ReadonlyRootfs: true,
    SecurityOpt: ['no-new-privileges'],
    Sysctls: { ...spec.sysctls },
    OomScoreAdj: Math.max(leastOomScore, -998),
    ...(spec.cgroupParent ? { CgroupParent: spec.cgroupParent } : {}),
    CpuShares: 2,
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
  },
})

export const containerOptions = ({ owner, leastOomScore }: NodeFacts, spec: ContainerSpec): ContainerCreateOptions => {
  const sandbox = `container:${spec.sandboxId}`
  const { resources } = spec
  return {
    name: `windlass_${spec.name}_${spec.pod.name}_${spec.pod.namespace}_${spec.pod.uid}_${spec.restartCount}_${spec.sandboxId.slice(0, 8)}`,
    Image: localReference(spec.imageID, spec.image),
    Labels: containerLabels(owner, spec),
    Env: spec.env.map(({ name, value }) => `${name}=${value}`),
    ...(spec.command ? { Entrypoint: [...spec.command] } : {}),
    ...(spec.args ? { Cmd: [...spec.args] } : {}),
    ...(spec.workingDir ? { WorkingDir: spec.workingDir } : {}),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.stopSignal ? { StopSignal: spec.stopSignal } : {}),
    Tty: spec.tty,
    OpenStdin: spec.stdin,
    StdinOnce: spec.stdinOnce,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: sandbox,
      IpcMode: spec.hostIPC ? 'host' : sandbox,
      PidMode: spec.targetID ? `container:${spec.targetID}` : spec.hostPID ? 'host' : spec.sharePID ? sandbox : '',
      Mounts: spec.mounts.map(bindMount),
      Privileged: spec.privileged,
      ReadonlyRootfs: spec.readOnlyRoot,
      CapAdd: [...spec.capabilitiesAdded],
      CapDrop: [...spec.capabilitiesDropped],
      GroupAdd: spec.groups.map(String),
      SecurityOpt: [...(spec.noNewPrivileges ? ['no-new-privileges'] : []), ...seccomp(spec)],
      CpuShares: resources.cpuShares,
      ...(resources.cpuQuota === undefined ? {} : { CpuQuota: resources.cpuQuota, CpuPeriod: resources.cpuPeriod }),
      // Swap equal to memory: a limit is a limit.
      ...(resources.memoryBytes === undefined ? {} : { Memory: resources.memoryBytes, MemorySwap: resources.memoryBytes }),
      OomScoreAdj: Math.max(leastOomScore, resources.oomScoreAdj),
      ...(spec.cgroupParent ? { CgroupParent: spec.cgroupParent } : {}),
      LogConfig: logConfig,
      RestartPolicy: { Name: 'no' },
    },
  }
}

/** By id, so that a tag which moved since the image was chosen does not matter; a pulled image's id names its repository. */
const localReference = (imageID: string, image: string) => (imageID.startsWith('sha256:') ? imageID : image)

const bindMount = ({ source, target, readOnly, propagation }: Mount) => ({
  Type: 'bind' as const,
  Source: source,
  Target: target,
  ReadOnly: readOnly,
  BindOptions: { Propagation: propagation },
})

const seccomp = ({ seccomp: choice, privileged }: ContainerSpec): string[] => {
  if (choice.type === 'Localhost') return [`seccomp=${choice.profile}`]
  return privileged || choice.type === 'RuntimeDefault' ? [] : ['seccomp=unconfined']
}
