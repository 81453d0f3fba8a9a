import type { PersistentVolume } from '../resources/resource.ts'
import type { NodeInfo } from './node-info.ts'
import { matchesTerm } from './node-selector.ts'

/** Whether a volume can be had on a node, as far as its labels tell: of the node's name a volume's affinity knows nothing. */
export const reachesVolume = ({ labels }: Pick<NodeInfo, 'labels'>, { spec }: PersistentVolume): boolean => {
  const required = spec.nodeAffinity?.required
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, { name: '', labels }))
}
