import type { KubeObject } from '../../meta/object.ts'
import type { Binding as WireBinding } from '../../resources/generated/types.ts'
import { nodes, type Pod } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { isPodCreate, isPodSubresource } from './of-kind.ts'

type Binding = WireBinding & KubeObject

/** Undefined: it gives no pod a node. */
const nodeOf = (attributes: AdmissionAttributes): string | undefined => {
  if (isPodCreate(attributes)) return (attributes.object as Pod).spec.nodeName
  if (attributes.operation !== 'CREATE' || !isPodSubresource(attributes, 'binding')) return undefined
  const { kind, name } = (attributes.object as Binding).target ?? {}
  return !kind || kind === 'Node' ? name : undefined
}

const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** A pod that gets a node gets the node's zone and region as labels, whatever it called its own. */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  mutate: async (attributes, { recent }) => {
    const { metadata } = attributes.object ?? {}
    const nodeName = nodeOf(attributes)
    if (!metadata || !nodeName) return
    const labels = (await recent.get(nodes, '', nodeName))?.metadata.labels ?? {}
    const given = topologyLabels.filter((name) => labels[name] !== undefined)
    if (given.length === 0) return
    metadata.labels = { ...metadata.labels, ...Object.fromEntries(given.map((name) => [name, labels[name]!])) }
  },
}
