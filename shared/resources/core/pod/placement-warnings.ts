import { labelValue } from '../../../meta/names.ts'
import type { NodeSelectorTerm, PodAffinityTerm, PodSpec } from '../../generated/types.ts'

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}
const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
const nullSelector = 'a null labelSelector results in matching no pod'

/** Warnings about where a pod wants to go; `path` is its spec's. */
export const placementWarnings = (path: string, spec: PodSpec): string[] => [
  ...Object.keys(spec.nodeSelector ?? {})
    .filter((key) => deprecatedNodeLabels[key])
    .map((key) => `${path}.nodeSelector[${key}]: ${deprecatedNodeLabels[key]}`),
  ...nodeAffinityWarnings(`${path}.affinity.nodeAffinity`, spec),
  ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => [
    ...deprecatedKey(`${path}.topologySpreadConstraints[${index}].topologyKey`, topologyKey),
    ...(labelSelector ? [] : [`${path}.topologySpreadConstraints[${index}].labelSelector: ${nullSelector}`]),
  ]),
]

const deprecatedKey = (path: string, key: string) =>
  deprecatedNodeLabels[key] ? [`${path}: ${key} is ${deprecatedNodeLabels[key]}`] : []

const nodeAffinityWarnings = (path: string, { affinity }: PodSpec): string[] => [
  ...(affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    termWarnings(`${path}.${required}.nodeSelectorTerms[${index}]`, term),
  ),
  // their values are not validated
  ...(affinity?.nodeAffinity?.[preferred] ?? []).flatMap(({ preference }, index) => {
    const termPath = `${path}.${preferred}[${index}].preference`
    return [...termWarnings(termPath, preference), ...valueWarnings(termPath, preference)]
  }),
]

const termWarnings = (path: string, { matchExpressions }: NodeSelectorTerm): string[] =>
  (matchExpressions ?? []).flatMap(({ key }, index) => deprecatedKey(`${path}.matchExpressions[${index}].key`, key))

const valueWarnings = (path: string, { matchExpressions }: NodeSelectorTerm): string[] =>
  (matchExpressions ?? []).flatMap(({ values }, index) =>
    (values ?? []).flatMap((value, position) =>
      labelValue(value).map((text) => `${path}.matchExpressions[${index}].values[${position}]: ${value} is invalid, ${text}`),
    ),
  )

/** A selector that is not there selects nothing, which is hardly meant. */
export const podAffinityWarnings = (path: string, { affinity }: PodSpec): string[] =>
  (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const warn = (termPath: string, { labelSelector }: PodAffinityTerm) =>
      labelSelector ? [] : [`${termPath}.labelSelector: ${nullSelector}`]
    return [
      ...(affinity?.[kind]?.[required] ?? []).flatMap((term, index) => warn(`${path}.${kind}.${required}[${index}]`, term)),
      ...(affinity?.[kind]?.[preferred] ?? []).flatMap(({ podAffinityTerm }, index) =>
        warn(`${path}.${kind}.${preferred}[${index}].podAffinityTerm`, podAffinityTerm),
      ),
    ]
  })
