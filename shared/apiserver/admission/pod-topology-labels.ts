import { nodes, type Pod } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isPodCreate, isPodSubresource } from './of-kind.ts'

const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** A pod that gets a node gets the node's zone and region as labels, whatever it called its own. */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  mutate: async (attributes, { recent }) => {
    if (!isPodSubresource(attributes, 'binding') && !isPodCreate(attributes)) return
    const { metadata, spec } = attributes.object as Pod
    if (!spec.nodeName) return
    const labels = (await recent.get(nodes, '', spec.nodeName))?.metadata.labels ?? {}
    const given = topologyLabels.filter((name) => labels[name] !== undefined)
    if (given.length === 0) return
    metadata.labels = { ...metadata.labels, ...Object.fromEntries(given.map((name) => [name, labels[name]!])) }
  },
}
