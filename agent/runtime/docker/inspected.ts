import type { ContainerInspectInfo } from 'dockerode'
import type { PodIdentity, RuntimeContainer, Sandbox } from '../runtime.ts'
import { readLabels } from './labels.ts'

export type Inspected =
  | { readonly type: 'sandbox'; readonly pod: PodIdentity; readonly sandbox: Sandbox }
  | { readonly type: 'container'; readonly pod: PodIdentity; readonly container: RuntimeContainer }

/** What the engine's inspect says, in the runtime's words. */
export const readInspected = (info: ContainerInspectInfo): Inspected => {
  const labels = readLabels(info.Config.Labels)
  const { State: state } = info
  const createdAt = Date.parse(info.Created)
  if (labels.type === 'sandbox') {
    const ready = state.Running
    const ownNetwork = info.HostConfig.NetworkMode !== 'host'
    const netns = ready && ownNetwork ? `/proc/${state.Pid}/ns/net` : undefined
    const cgroupParent = info.HostConfig.CgroupParent || undefined
    return {
      type: 'sandbox',
      pod: labels.pod,
      sandbox: { id: info.Id, attempt: labels.number('attempt', 0), ready, createdAt, netns, cgroupParent },
    }
  }
  const container: RuntimeContainer = {
    id: info.Id,
    name: labels.text('container'),
    sandboxId: labels.text('sandbox'),
    restartCount: labels.number('restart-count', 0),
    createdAt,
    image: labels.text('image'),
    imageID: labels.text('image-id') || info.Image,
    hash: labels.text('hash'),
    terminationGraceSeconds: labels.number('grace', 30),
    terminationMessageFile: labels.text('termination-message') || undefined,
    ...stateOf(state, createdAt),
  }
  return { type: 'container', pod: labels.pod, container }
}

/** The engine writes year 1 for a time that has not come. */
const time = (text: string): number | undefined => {
  const value = Date.parse(text)
  return value > 0 ? value : undefined
}

type StateFields = Pick<RuntimeContainer, 'state' | 'pid' | 'startedAt' | 'finishedAt' | 'exitCode' | 'reason' | 'message'>

const stateOf = (state: ContainerInspectInfo['State'], createdAt: number): StateFields => {
  const startedAt = time(state.StartedAt)
  if (state.Running) return { state: 'running', pid: state.Pid, startedAt }
  if (state.Status === 'created' && state.Error === '') return { state: 'created' }
  // The engine leaves a container that it could not start in state created, with an error.
  if (startedAt === undefined) {
    return { state: 'exited', finishedAt: createdAt, exitCode: 128, reason: 'StartError', message: state.Error }
  }
  const reason = state.OOMKilled ? 'OOMKilled' : state.ExitCode === 0 ? 'Completed' : 'Error'
  return {
    state: 'exited',
    startedAt,
    finishedAt: time(state.FinishedAt) ?? createdAt,
    exitCode: state.ExitCode,
    reason,
    message: state.Error || undefined,
  }
}
