import type {
  ContainerStatus,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
} from '../../resources/generated/types.ts'
import type { Job, Pod } from '../../resources/resource.ts'

export interface FailureJudgement {
  /** undefined: no rule matches */
  readonly action: string | undefined
  /** towards the limits of the Job */
  readonly counts: boolean
  /** why the whole Job fails by it */
  readonly failsJob?: string
}

/** What the Job's policy says of a pod that failed: the first rule that matches. */
export const judgeFailure = ({ spec }: Job, pod: Pod): FailureJudgement => {
  for (const [index, { action, onExitCodes, onPodConditions }] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const what = onExitCodes ? exitOf(pod, onExitCodes) : conditionOf(pod, onPodConditions ?? [])
    if (!what) continue
    if (action === 'Ignore') return { action, counts: false }
    if (action !== 'FailJob') return { action, counts: true }
    return { action, counts: true, failsJob: `${what} matching ${action} rule at index ${index}` }
  }
  return { action: undefined, counts: true }
}

const exitOf = ({ metadata, status }: Pod, rule: PodFailurePolicyOnExitCodesRequirement): string | undefined => {
  const matches = ({ name, state }: ContainerStatus) => {
    const code = state?.terminated?.exitCode ?? 0
    if (code === 0 || (rule.containerName !== undefined && rule.containerName !== name)) return false
    return rule.values.includes(code) === (rule.operator === 'In')
  }
  const found = status?.containerStatuses?.find(matches) ?? status?.initContainerStatuses?.find(matches)
  return (
    found &&
    `Container ${found.name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${found.state?.terminated?.exitCode}`
  )
}

const conditionOf = (
  { metadata, status }: Pod,
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
): string | undefined => {
  const found = status?.conditions?.find((condition) =>
    patterns.some((pattern) => pattern.type === condition.type && pattern.status === condition.status),
  )
  return found && `Pod ${metadata.namespace}/${metadata.name} has condition ${found.type}`
}
