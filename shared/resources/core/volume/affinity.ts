import type { PersistentVolume } from '../../resource.ts'
import { matchesTerm, type NamedLabels } from '../node-selector-term.ts'

/** Whether a volume can be had on a node, as far as its labels tell: of the node's name a volume's affinity knows nothing. */
export const reachesVolume = (labels: NamedLabels['labels'], { spec }: PersistentVolume): boolean => {
  const required = spec.nodeAffinity?.required
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, { name: '', labels }))
}
