import { jsonEqual } from '../../../meta/json-equal.ts'
import type { Node } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

/** Labels of kubernetes.io that a node may give itself; others steer pods that are not meant for it. */
const ownLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
])
const ownLabelDomains = /(^|\.)(kubelet|node)\.kubernetes\.io\//
const kubernetesDomains = /(^|\.)(kubernetes\.io|k8s\.io)\//

export const checkNode: Check = (request) => {
  const { node, attributes } = request
  const { name, operation, object, oldObject } = attributes
  if (name !== node) throw refuse(request, `node "${node}" is not allowed to modify node "${name}"`)
  if (operation === 'DELETE') return
  const wanted = object as Node
  const old = oldObject as Node | undefined
  const labels = foreignLabels(wanted, old)
  if (labels.length > 0) {
    const list = labels.join(', ')
    throw refuse(
      request,
      old ? `is not allowed to modify labels: ${list}` : `node "${node}" is not allowed to set the following labels: ${list}`,
    )
  }
  // Where other nodes send packets is the control plane's to say.
  for (const field of ['podCIDR', 'podCIDRs'] as const)
    if (!jsonEqual(wanted.spec[field], old?.spec[field]))
      throw refuse(request, `node "${node}" is not allowed to ${old ? 'modify' : 'set'} spec.${field}`)
  if (old && !jsonEqual(wanted.spec.taints, old.spec.taints))
    throw refuse(request, `node "${node}" is not allowed to modify taints`)
  // One that goes with what the node may delete would be rid of its taints.
  if (!jsonEqual(wanted.metadata.ownerReferences ?? [], old?.metadata.ownerReferences ?? []))
    throw refuse(request, `node "${node}" is not allowed to modify ownerReferences`)
}

const foreignLabels = ({ metadata: { labels = {} } }: Node, old: Node | undefined): string[] => {
  const before = old?.metadata.labels ?? {}
  return [...new Set([...Object.keys(labels), ...Object.keys(before)])]
    .filter((key) => labels[key] !== before[key])
    .filter((key) => {
      if (/(^|\.)node-restriction\.kubernetes\.io\//.test(key)) return true
      return kubernetesDomains.test(key) && !ownLabels.has(key) && !ownLabelDomains.test(key)
    })
    .sort()
}
