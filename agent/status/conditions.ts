import type { ContainerStatus, PodCondition, PodSpec } from '../../shared/resources/generated/types.ts'
import { isSidecar } from '../pod-worker/restart-policy.ts'

export interface ConditionInput {
  readonly spec: PodSpec
  readonly generation: number | undefined
  readonly phase: string
  /** of init and app containers */
  readonly statuses: readonly ContainerStatus[]
  readonly sandboxReady: boolean
  readonly previous: readonly PodCondition[]
  /** RFC 3339 */
  readonly now: string
}

type Finding = Pick<PodCondition, 'status' | 'reason' | 'message'>

const met: Finding = { status: 'True' }

/** The conditions a kubelet owns, in its order, and before them those of others. A transition time is kept while the status stays. */
export const podConditions = (input: ConditionInput): PodCondition[] => {
  const ready = containersReady(input)
  const own: [string, Finding][] = [
    ['PodReadyToStartContainers', input.sandboxReady ? met : { status: 'False' }],
    ['Initialized', initialized(input)],
    ['Ready', ready.status === 'True' ? readinessGates(input) : ready],
    ['ContainersReady', ready],
    ['PodScheduled', met],
  ]
  const names = new Set(own.map(([type]) => type))
  const others = input.previous.filter(({ type }) => !names.has(type))
  return [...others, ...own.map(([type, finding]) => condition(input, type, finding))]
}

const condition = ({ previous, generation, now }: ConditionInput, type: string, finding: Finding): PodCondition => {
  const old = previous.find((each) => each.type === type)
  const lastTransitionTime = old?.status === finding.status ? (old.lastTransitionTime ?? now) : now
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  return { type, ...observed, lastTransitionTime, ...finding }
}

const list = (names: readonly string[]) => `[${names.join(' ')}]`

const containersReady = ({ spec, statuses, phase }: ConditionInput): Finding => {
  const watched = [...(spec.initContainers ?? []).filter(isSidecar), ...spec.containers]
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const byName = new Map(statuses.map((status) => [status.name, status]))
  const unknown = watched.filter(({ name }) => !byName.has(name)).map(({ name }) => name)
  const unready = watched.filter(({ name }) => byName.get(name)?.ready === false).map(({ name }) => name)
  const messages = [
    ...(unknown.length ? [`containers with unknown status: ${list(unknown)}`] : []),
    ...(unready.length ? [`containers with unready status: ${list(unready)}`] : []),
  ]
  return messages.length ? { status: 'False', reason: 'ContainersNotReady', message: messages.join(', ') } : met
}

const readinessGates = ({ spec, previous }: ConditionInput): Finding => {
  const messages = (spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = previous.find(({ type }) => type === conditionType)
    if (!found) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    if (found.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`]
  })
  return messages.length ? { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') } : met
}

const initialized = ({ spec, statuses, phase }: ConditionInput): Finding => {
  const byName = new Map(statuses.map((status) => [status.name, status]))
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  const appStarted = spec.containers.some(({ name }) => {
    const status = byName.get(name)
    return status?.state?.running || status?.state?.terminated
  })
  if (appStarted) return met
  const incomplete = (spec.initContainers ?? []).filter((container) => {
    const status = byName.get(container.name)
    return isSidecar(container) ? !status?.started : !status?.ready
  })
  if (incomplete.length === 0) return met
  const message = `containers with incomplete status: ${list(incomplete.map(({ name }) => name))}`
  return { status: 'False', reason: 'ContainersNotInitialized', message }
}
