import { type LabelSelectorMatcher, labelSelectorMatcher } from '../../meta/label-selector.ts'
import type { TopologySpreadConstraint } from '../../resources/generated/types.ts'
import type { NodeInfo } from '../node-info.ts'
import { requiredNodeAffinity } from '../node-selector.ts'
import type { PodInfo } from '../pod-info.ts'
import { forbidsScheduling, isTolerated } from '../toleration.ts'

export interface SpreadConstraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly minDomains: number
  readonly selector: LabelSelectorMatcher
  /** whether the node's pods count */
  includes(node: NodeInfo): boolean
}

export const spreadConstraints = (pod: PodInfo, whenUnsatisfiable: string): SpreadConstraint[] =>
  (pod.pod.spec.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => parse(constraint, pod))

const parse = (constraint: TopologySpreadConstraint, { pod }: PodInfo): SpreadConstraint => {
  const { maxSkew, topologyKey, minDomains = 1, labelSelector, matchLabelKeys = [] } = constraint
  const { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' } = constraint
  const labels = pod.metadata.labels ?? {}
  const own = matchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => [key, labels[key]!] as const)
  const matchLabels = { ...labelSelector?.matchLabels, ...Object.fromEntries(own) }
  const affinity = nodeAffinityPolicy === 'Honor' ? requiredNodeAffinity(pod.spec) : undefined
  const untolerated = ({ node }: NodeInfo) =>
    node.spec.taints?.some((taint) => forbidsScheduling(taint) && !isTolerated(taint, pod.spec.tolerations)) ?? false
  return {
    maxSkew,
    topologyKey,
    minDomains,
    selector: labelSelectorMatcher(labelSelector && { ...labelSelector, matchLabels }),
    includes: (node) => (affinity?.(node) ?? true) && !(nodeTaintsPolicy === 'Honor' && untolerated(node)),
  }
}

/** What pods without constraints get, if a Service or a ReplicaSet selects them: a preference only. */
export const defaultConstraints = (selector: LabelSelectorMatcher, { pod }: PodInfo): SpreadConstraint[] => {
  const affinity = requiredNodeAffinity(pod.spec)
  const includes = (node: NodeInfo) => affinity?.(node) ?? true
  return [
    { maxSkew: 3, topologyKey: 'kubernetes.io/hostname', minDomains: 1, selector, includes },
    { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', minDomains: 1, selector, includes },
  ]
}

export const hasAllTopologies = ({ labels }: NodeInfo, constraints: readonly SpreadConstraint[]): boolean =>
  constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined)

export const countMatching = (
  pods: readonly PodInfo[],
  selector: LabelSelectorMatcher,
  namespace: string | undefined,
): number => {
  if (selector.empty) return 0
  let count = 0
  for (const { pod } of pods) if (isCounted(pod.metadata, namespace) && selector.matches(pod.metadata.labels)) count++
  return count
}

const isCounted = (metadata: PodInfo['pod']['metadata'], namespace: string | undefined) =>
  !metadata.deletionTimestamp && metadata.namespace === namespace
