import type { Node } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

const key = 'node.kubernetes.io/not-ready'
const effect = 'NoSchedule'

/** A new node takes no pods before the node lifecycle controller has seen it Ready, and removed the taint. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate: async (attributes) => {
    if (attributes.operation !== 'CREATE' || !isMain(attributes, '', 'nodes')) return
    const node = attributes.object as Node
    const taints = node.spec?.taints ?? []
    if (taints.some((taint) => taint.key === key && taint.effect === effect)) return
    node.spec = { ...node.spec, taints: [...taints, { key, effect }] }
  },
}
