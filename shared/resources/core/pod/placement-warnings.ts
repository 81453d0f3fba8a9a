import { labelValue } from '../../../meta/names.ts'
import type { NodeSelectorTerm, PodAffinityTerm, PodSpec } from '../../generated/types.ts'
import { deprecatedNodeKey, deprecatedNodeLabels, deprecatedNodeTerm } from '../../validation/deprecated-node-label.ts'

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
    ...deprecatedNodeKey(`${path}.topologySpreadConstraints[${index}].topologyKey`, topologyKey),
    ...(labelSelector ? [] : [`${path}.topologySpreadConstraints[${index}].labelSelector: ${nullSelector}`]),
  ]),
]

const nodeAffinityWarnings = (path: string, { affinity }: PodSpec): string[] => [
  ...(affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    deprecatedNodeTerm(`${path}.${required}.nodeSelectorTerms[${index}]`, term),
  ),
  // their values are not validated
  ...(affinity?.nodeAffinity?.[preferred] ?? []).flatMap(({ preference }, index) => {
    const termPath = `${path}.${preferred}[${index}].preference`
    return [...deprecatedNodeTerm(termPath, preference), ...valueWarnings(termPath, preference)]
  }),
]

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
