import type { NodeSelectorTerm } from '../generated/types.ts'

/** What to say of labels of nodes that nobody should name any more. */
export const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

export const deprecatedNodeKey = (path: string, key: string): string[] =>
  deprecatedNodeLabels[key] ? [`${path}: ${key} is ${deprecatedNodeLabels[key]}`] : []

export const deprecatedNodeTerm = (path: string, { matchExpressions }: Pick<NodeSelectorTerm, 'matchExpressions'>): string[] =>
  (matchExpressions ?? []).flatMap(({ key }, index) => deprecatedNodeKey(`${path}.matchExpressions[${index}].key`, key))
