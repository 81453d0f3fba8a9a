import type { KubeObject } from '../../meta/object.ts'
import { forbidden, notFound } from '../../meta/status.ts'
import type { Node, Pod } from '../../resources/resource.ts'
import { nodesGroup } from '../authz/node-rules.ts'
import { jsonEqual } from '../objects/json-equal.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './admission.ts'
import { apiReferenceOf } from './api-reference.ts'

const userPrefix = 'system:node:'
const mirrorAnnotation = 'kubernetes.io/config.mirror'
const leaseNamespace = 'kube-node-lease'
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

/** A node's agent touches its own Node and its own pods only. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate: async (attributes, environment) => {
    const { user, definition } = attributes
    if (!user.groups.includes(nodesGroup) || !user.name.startsWith(userPrefix)) return
    const request = { node: user.name.slice(userPrefix.length), attributes, environment }
    if (request.node === '') throw refuse(request, `could not determine node from user "${user.name}"`)
    await checks[`${definition.group}/${definition.plural}`]?.(request)
  },
}

interface NodeRequest {
  readonly node: string
  readonly attributes: AdmissionAttributes
  readonly environment: AdmissionEnvironment
}

const refuse = ({ attributes: { definition, name } }: NodeRequest, message: string) =>
  forbidden(definition.group, definition.plural, name, message)

const checkPod = async (request: NodeRequest): Promise<void> => {
  const { node, attributes } = request
  const { operation, object, oldObject, subresource } = attributes
  if (subresource === 'status') return checkPodStatus(request)
  if (subresource === 'eviction') return checkEviction(request)
  if (subresource !== '') {
    throw refuse(request, `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`)
  }
  if (operation === 'CREATE') return checkMirrorPod(request, object as Pod)
  if (operation === 'UPDATE') {
    throw refuse(request, `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`)
  }
  if ((oldObject as Pod).spec.nodeName !== node) {
    throw refuse(request, `node "${node}" can only delete pods with spec.nodeName set to itself`)
  }
}

const checkPodStatus = (request: NodeRequest): void => {
  const { node, attributes } = request
  const [object, old] = [attributes.object as Pod, attributes.oldObject as Pod]
  if (old.spec.nodeName !== node) {
    throw refuse(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`)
  }
  if (!jsonEqual(object.metadata.labels ?? {}, old.metadata.labels ?? {})) {
    throw refuse(request, `node "${node}" cannot update labels through pod status`)
  }
  if (!jsonEqual(object.status?.resourceClaimStatuses ?? [], old.status?.resourceClaimStatuses ?? [])) {
    throw refuse(request, `node "${node}" cannot update resource claim statues`)
  }
  if (!jsonEqual(object.status?.extendedResourceClaimStatus, old.status?.extendedResourceClaimStatus)) {
    throw refuse(request, `node "${node}" cannot update extended resource claim status`)
  }
}

const checkEviction = async (request: NodeRequest): Promise<void> => {
  const { node, attributes, environment } = request
  const pod = (await environment.read('pods', attributes.namespace, attributes.name)) as Pod | undefined
  if (!pod) throw notFound('', 'pods', attributes.name)
  if (pod.spec.nodeName !== node) throw refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`)
}

const checkMirrorPod = async (request: NodeRequest, { metadata, spec }: Pod): Promise<void> => {
  const { node, environment } = request
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    throw refuse(request, `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`)
  }
  if (spec.nodeName !== node) throw refuse(request, `node "${node}" can only create pods with spec.nodeName set to itself`)
  const [owner, ...others] = metadata.ownerReferences ?? []
  if (others.length > 0) throw refuse(request, `node "${node}" can only create pods with a single owner reference set to itself`)
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw refuse(request, `node "${node}" can only create pods with an owner reference set to itself`)
  }
  if (!owner.controller) {
    throw refuse(request, `node "${node}" can only create pods with a controller owner reference set to itself`)
  }
  if (owner.blockOwnerDeletion) throw refuse(request, `node "${node}" must not set blockOwnerDeletion on an owner reference`)
  const self = await environment.read('nodes', '', node)
  if (!self) throw notFound('', 'nodes', node)
  if (owner.uid !== self.metadata.uid) {
    throw refuse(request, `node ${node} UID mismatch: expected ${owner.uid} got ${self.metadata.uid}`)
  }
  const reference = apiReferenceOf(spec)
  if (reference) throw refuse(request, `node "${node}" can not create pods that reference ${reference}`)
}

const checkNode = (request: NodeRequest): void => {
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
  if (!old) return
  if (!jsonEqual(wanted.spec.taints, old.spec.taints)) throw refuse(request, `node "${node}" is not allowed to modify taints`)
  if (!jsonEqual(wanted.metadata.ownerReferences, old.metadata.ownerReferences)) {
    throw refuse(request, `node "${node}" is not allowed to modify ownerReferences`)
  }
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

interface TokenRequest extends KubeObject {
  spec?: { audiences?: string[]; boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } }
}

/** Tokens are for the pods that run there, and for whom their volumes say. */
const checkToken = async (request: NodeRequest): Promise<void> => {
  const { node, attributes, environment } = request
  if (attributes.subresource !== 'token') return
  const { audiences = [], boundObjectRef } = (attributes.object as TokenRequest).spec ?? {}
  const { apiVersion, kind, name, uid } = boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) throw refuse(request, 'node requested token not bound to a pod')
  if (!uid) throw refuse(request, 'node requested token with a pod binding without a uid')
  const pod = (await environment.read('pods', attributes.namespace, name)) as Pod | undefined
  if (!pod) throw notFound('', 'pods', name)
  if (uid !== pod.metadata.uid) {
    throw refuse(
      request,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec.nodeName !== node) {
    throw refuse(request, 'node requested token bound to a pod scheduled on a different node')
  }
  if (audiences.length > 1) throw refuse(request, 'node may only request 0 or 1 audiences')
  const [audience = ''] = audiences
  if (!namesAudience(pod, audience)) {
    throw refuse(
      request,
      `audience "${audience}" not found in pod spec volume, ${attributes.user.name} is not authorized to request tokens for this audience`,
    )
  }
}

/** '' is the API server's own. */
const namesAudience = ({ spec }: Pod, audience: string): boolean =>
  spec.volumes?.some(({ projected }) =>
    projected?.sources?.some(
      ({ serviceAccountToken }) => serviceAccountToken && (serviceAccountToken.audience ?? '') === audience,
    ),
  ) ?? false

const checkLease = (request: NodeRequest): void => {
  const { node, attributes } = request
  const { namespace, operation, object } = attributes
  if (namespace !== leaseNamespace) {
    throw refuse(request, `can only access leases in the "${leaseNamespace}" system namespace`)
  }
  const name = operation === 'CREATE' ? object?.metadata.name : attributes.name
  if (name !== node) throw refuse(request, 'can only access node lease with the same name as the requesting node')
}

type Check = (request: NodeRequest) => Promise<void> | void

/** By `group/plural`. */
const checks: Readonly<Record<string, Check>> = {
  '/pods': checkPod,
  '/nodes': checkNode,
  '/serviceaccounts': checkToken,
  'coordination.k8s.io/leases': checkLease,
}
