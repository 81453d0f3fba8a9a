import { isFullyBound } from '../../resources/core/volume/binding.ts'
import type { PersistentVolume } from '../../resources/resource.ts'
import type { NodeInfo } from '../node-info.ts'
import { type FilterPlugin, unresolvable } from '../plugin.ts'

const rejection = unresolvable('node(s) had no available volume zone')

/** By the label's older name, what it is called since. */
const topologyLabels: Readonly<Record<string, string>> = {
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
}

/** A volume that says its zone by a label can be had in that zone alone; several are joined by two underscores. */
export const volumeZone: FilterPlugin = {
  name: 'VolumeZone',
  filter: ({ pod, claims }, { lookups: { volumes } }) => {
    const rules = claims
      .flatMap((name) => volumes.claim(pod.metadata.namespace ?? '', name) ?? [])
      .filter(isFullyBound)
      .flatMap(({ spec }) => volumes.volume(spec.volumeName ?? '') ?? [])
      .flatMap(rulesOf)
    if (rules.length === 0) return undefined
    return { check: (node) => (rules.every((rule) => isWithin(rule, node)) ? undefined : rejection) }
  },
}

interface Rule {
  readonly key: string
  readonly values: readonly string[]
}

const rulesOf = ({ metadata }: PersistentVolume): Rule[] =>
  Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
    topologyLabels[key] === undefined ? [] : [{ key, values: value.split('__') }],
  )

/** A node that says nothing of zones is of none, and any will do. */
const isWithin = ({ key, values }: Rule, { labels }: NodeInfo): boolean => {
  if (!Object.keys(topologyLabels).some((label) => labels[label] !== undefined)) return true
  const value = labels[key] ?? labels[topologyLabels[key]!]
  return value !== undefined && values.includes(value)
}
