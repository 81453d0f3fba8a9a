import type { LabelRequirement } from '../../../meta/label-selector.ts'
import { resourceName } from '../../../meta/object.ts'
import { nodeLabel } from '../../../resources/core/volume/local-directory.ts'
import type { ResourceRequestInfo } from '../../router.ts'
import { type AuthorizationAttributes, type Authorizer, type Decision, noOpinion } from '../authorizer.ts'
import { ruleAllows } from '../policy-rule.ts'
import type { NodeGraph, Vertex } from './graph.ts'
import { nodeOf } from './identity.ts'
import { ownRules, sharedRules } from './node-rules.ts'

export interface NodeAuthorizerOptions {
  readonly graph: NodeGraph
  /** Nodes make the network between machines themselves, and read every Node for that, as upstream's kube-proxy does. */
  readonly nodesReadNodes?: boolean | undefined
}

/**
 * "Node authorization is a special-purpose authorization mode that specifically authorizes API requests made by kubelets."
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
export const createNodeAuthorizer = (options: NodeAuthorizerOptions): Authorizer => ({
  authorize: async (attributes) => {
    const { user, info } = attributes
    const node = nodeOf(user)
    if (node === undefined) return noOpinion
    if (node === '') return no(`unknown node for user ${JSON.stringify(user.name)}`)
    if (info.isResource) {
      const decide = byResource.get(resourceName(info.group, info.resource))
      if (decide) return decide({ ...options, ...attributes, info, node })
    }
    return [...sharedRules, ...ownRules(node)].some((rule) => ruleAllows(rule, info)) ? allow : noOpinion
  },
  rules: async (user) =>
    nodeOf(user) === undefined
      ? { rules: [], incomplete: false }
      : { rules: [], incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' },
})

interface Asked extends NodeAuthorizerOptions, AuthorizationAttributes {
  readonly info: ResourceRequestInfo
  readonly node: string
}

type Decide = (asked: Asked) => Decision | Promise<Decision>

const allow: Decision = { verdict: 'allow' }
const no = (reason: string): Decision => ({ verdict: 'no opinion', reason })

const related = async ({ info: { namespace, name }, node, graph }: Asked, vertex: Vertex): Promise<Decision> => {
  if (name === '') return no('No Object name found')
  return (await graph.leads({ vertex, namespace, name }, node))
    ? allow
    : no(`no relationship found between node '${node}' and this object`)
}

const getOnly =
  (vertex: Vertex): Decide =>
  (asked) => {
    if (asked.info.verb !== 'get') return no('can only get individual resources of this type')
    return asked.info.subresource === '' ? related(asked, vertex) : no('cannot get subresource')
  }

const readOne =
  (vertex: Vertex): Decide =>
  (asked) => {
    const { verb, subresource, namespace } = asked.info
    if (!reads.has(verb)) return no('can only read resources of this type')
    if (subresource !== '') return no('cannot read subresource')
    return namespace === '' ? no('can only read namespaced object of this type') : related(asked, vertex)
  }

const claims: Decide = (asked) => {
  const { verb, subresource } = asked.info
  if (subresource !== 'status') return getOnly('persistentvolumeclaims')(asked)
  return changes.has(verb) ? related(asked, 'persistentvolumeclaims') : no('can only get/update/patch this type')
}

/** Those that are directories of a node it finds by their label, and lets go of: which, and what it says of them, NodeRestriction looks at. */
const volumes: Decide = (asked) => {
  const { verb, subresource } = asked.info
  if ((verb === 'list' || verb === 'watch') && asked.labels?.some(isOwnLabel(asked.node))) return allow
  if (verb === 'patch' && subresource === '') return related(asked, 'persistentvolumes')
  return getOnly('persistentvolumes')(asked)
}

const isOwnLabel =
  (node: string) =>
  ({ key, operator, values }: LabelRequirement): boolean =>
    key === nodeLabel && (operator === '=' || operator === '==' || operator === 'in') && values.length === 1 && values[0] === node

const serviceAccounts: Decide = (asked) => {
  const { verb, subresource, name } = asked.info
  if (verb === 'get' && subresource === '') return readOne('serviceaccounts')(asked)
  if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts')
  return subresource === 'token' ? related(asked, 'serviceaccounts') : no('can only create token subresource of serviceaccount')
}

/** A create does not tell its name here: NodeRestriction looks at that. */
const own = (what: string, { verb, name }: ResourceRequestInfo, node: string): Decision =>
  verb === 'create' || name === node ? allow : no(`can only access ${what} with the same name as the requesting node`)

const leases: Decide = ({ info, node }) => {
  if (!ownVerbs.has(info.verb)) return no('can only get, create, update, patch, or delete a node lease')
  if (info.namespace !== leaseNamespace) return no(`can only access leases in the "${leaseNamespace}" system namespace`)
  return own('node lease', info, node)
}

const csiNodes: Decide = ({ info, node }) => {
  if (!ownVerbs.has(info.verb)) return no('can only get, create, update, patch, or delete a CSINode')
  if (info.subresource !== '') return no('cannot authorize CSINode subresources')
  return own('CSINode', info, node)
}

/** Which Node and which pods are written, NodeRestriction looks at. */
const nodes: Decide = ({ info: { verb, subresource, name }, node, nodesReadNodes }) => {
  if (subresource === 'status') return changes.has(verb) ? allow : noOpinion
  if (subresource !== '') return noOpinion
  if (verb === 'create' || changes.has(verb)) return allow
  if (!reads.has(verb)) return noOpinion
  if (name === node || nodesReadNodes) return allow
  return no(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  )
}

const pods: Decide = (asked) => {
  const { verb, subresource, name } = asked.info
  if (subresource === 'status') return changes.has(verb) ? allow : noOpinion
  if (subresource === 'eviction') return verb === 'create' ? allow : noOpinion
  if (subresource !== '') return noOpinion
  if (verb === 'create' || verb === 'delete') return allow
  if (verb === 'get') return related(asked, 'pods')
  if (!reads.has(verb)) return noOpinion
  if (selectsNode(asked, 'spec.nodeName')) return allow
  return name === '' ? no('can only list/watch pods with spec.nodeName field selector') : related(asked, 'pods')
}

/** Whose slice is created, and which are deleted together, NodeRestriction looks at. */
const resourceSlices: Decide = (asked) => {
  const { verb, subresource } = asked.info
  if (subresource !== '') return no('cannot authorize ResourceSlice subresources')
  if (verb === 'create') return allow
  if (verb === 'get' || verb === 'delete' || changes.has(verb)) return related(asked, 'resourceslices.resource.k8s.io')
  return selectsNode(asked, 'spec.nodeName')
    ? allow
    : no('can only list/watch/deletecollection resourceslices with nodeName field selector')
}

const selectsNode = ({ fields, node }: Asked, wanted: string): boolean =>
  fields?.some(({ field, operator, value }) => field === wanted && operator === '=' && value === node) ?? false

const leaseNamespace = 'kube-node-lease'
const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch'])
const changes: ReadonlySet<string> = new Set(['update', 'patch'])
const ownVerbs: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete'])

/** What is divided among nodes; of the rest each may do the same. */
const byResource: ReadonlyMap<string, Decide> = new Map([
  ['secrets', readOne('secrets')],
  ['configmaps', readOne('configmaps')],
  ['persistentvolumeclaims', claims],
  ['persistentvolumes', volumes],
  ['resourceclaims.resource.k8s.io', getOnly('resourceclaims.resource.k8s.io')],
  ['volumeattachments.storage.k8s.io', getOnly('volumeattachments.storage.k8s.io')],
  ['serviceaccounts', serviceAccounts],
  ['leases.coordination.k8s.io', leases],
  ['csinodes.storage.k8s.io', csiNodes],
  ['resourceslices.resource.k8s.io', resourceSlices],
  ['nodes', nodes],
  ['pods', pods],
  // off, as upstream's PodCertificateRequest
  ['podcertificaterequests.certificates.k8s.io', () => noOpinion],
])
