import type { KubeObject } from '../../meta/object.ts'
import { forbidden } from '../../meta/status.ts'
import type { Node, Pod } from '../../resources/resource.ts'
import { nodesGroup } from '../authz/static-rules.ts'
import { jsonEqual } from '../objects/json-equal.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './admission.ts'

const userPrefix = 'system:node:'
const mirrorAnnotation = 'kubernetes.io/config.mirror'
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
    const check = definition.group === '' ? checks[definition.plural] : undefined
    await check?.({ node: user.name.slice(userPrefix.length), attributes, environment })
  },
}

interface NodeRequest {
  readonly node: string
  readonly attributes: AdmissionAttributes
  readonly environment: AdmissionEnvironment
}

const refuse = ({ attributes: { definition, name } }: NodeRequest, message: string) =>
  forbidden(definition.group, definition.plural, name, message)

const checkPod = (request: NodeRequest): void => {
  const { node, attributes } = request
  const { operation, object, oldObject, subresource } = attributes
  if (operation === 'CREATE') {
    checkMirrorPod(request, object as Pod)
    return
  }
  const { spec } = oldObject as Pod
  if (spec.nodeName === node) return
  if (operation === 'DELETE') throw refuse(request, `node "${node}" can only delete pods with spec.nodeName set to itself`)
  const what = subresource === 'status' ? 'update pod status for' : 'update'
  throw refuse(request, `node "${node}" can only ${what} pods with spec.nodeName set to itself`)
}

const checkMirrorPod = (request: NodeRequest, { metadata, spec }: Pod): void => {
  const { node } = request
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    throw refuse(request, `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`)
  }
  if (spec.nodeName !== node) throw refuse(request, `node "${node}" can only create pods with spec.nodeName set to itself`)
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
  spec?: { boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } }
}

/** Tokens are for the pods that run there. */
const checkToken = async (request: NodeRequest): Promise<void> => {
  const { node, attributes, environment } = request
  if (attributes.subresource !== 'token') return
  const { apiVersion, kind, name, uid } = (attributes.object as TokenRequest).spec?.boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) throw refuse(request, 'node requested token not bound to a pod')
  if (!uid) throw refuse(request, 'node requested token with a pod binding without a uid')
  const pod = (await environment.read('pods', attributes.namespace, name)) as Pod | undefined
  // One that is gone is the token handler's to say.
  if (pod && pod.spec.nodeName !== node) {
    throw refuse(request, 'node requested token bound to a pod scheduled on a different node')
  }
}

const checks: Readonly<Record<string, (request: NodeRequest) => Promise<void> | void>> = {
  pods: checkPod,
  nodes: checkNode,
  serviceaccounts: checkToken,
}
