import type { LabelSelectorMatcher, Labels } from '../meta/label-selector.ts'
import type { Pod, PodDisruptionBudget } from '../resources/resource.ts'
import type { NodeInfo } from './node-info.ts'
import { type PlannedVolumes, plannedVolumes, type VolumeLookups } from './volume-state.ts'

/** The cluster as decisions see it. Deciding places pods on a draft of it and never touches the original. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  readonly lookups: Lookups
}

/** What of other objects plugins ask for. */
export interface Lookups {
  namespaceLabels(namespace: string): Labels | undefined
  /** Of the Services and the ReplicaSet that select the pod; undefined: none does. */
  defaultSelector(pod: Pod): LabelSelectorMatcher | undefined
  disruptionBudgets(namespace: string): readonly PodDisruptionBudget[]
  readonly volumes: VolumeLookups
}

export interface Draft extends Snapshot {
  readonly lookups: Lookups & { readonly volumes: PlannedVolumes }
  /** position in `nodes` */
  indexOf(name: string): number | undefined
  replace(index: number, node: NodeInfo): void
}

export const draftOf = ({ nodes, lookups }: Snapshot): Draft => {
  const own = [...nodes]
  const indexes = new Map(own.map(({ name }, index) => [name, index]))
  return {
    nodes: own,
    lookups: { ...lookups, volumes: plannedVolumes(lookups.volumes) },
    indexOf: (name) => indexes.get(name),
    replace: (index, node) => {
      own[index] = node
    },
  }
}
