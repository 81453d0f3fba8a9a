import { age, text, wide } from '../column.ts'
import { define } from '../definition.ts'
import type { Node } from '../resource.ts'
import { cidrWarnings } from '../validation/cidr.ts'
import { validateNode, validateNodeStatus, validateNodeUpdate } from './node-validation.ts'

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'

const status = ({ status, spec }: Node): string => {
  const ready = status?.conditions?.findLast(({ type }) => type === 'Ready')
  const readiness = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
  return spec.unschedulable ? `${readiness},SchedulingDisabled` : readiness
}

const roles = ({ metadata }: Node): string => {
  const found = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length) || []
    return key === roleLabel && value ? value : []
  })
  return [...new Set(found)].sort().join(',') || '<none>'
}

const address = (type: string) => (node: Node) =>
  node.status?.addresses?.find((candidate) => candidate.type === type)?.address ?? '<none>'

const addressesDescription =
  "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See https://pr.k8s.io/79391 for an example. Consumers should assume that addresses can change during the lifetime of a Node. However, there are some exceptions where this may not be possible, such as Pods that inherit a Node's address in its own status or consumers of the downward API (status.hostIP)."

export const node = define<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Node',
  rechecksNames: [''],
  subresources: {
    status: true,
    others: {
      proxy: {
        kind: 'NodeProxyOptions',
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
      },
    },
  },
  default: (object) => {
    object.status ??= {}
    const { status } = object
    if (status.capacity) status.allocatable ??= { ...status.capacity }
    // the one is the first of the others; a client that knows only it means both
    if (object.spec.podCIDR && object.spec.podCIDRs?.[0] !== object.spec.podCIDR) object.spec.podCIDRs = [object.spec.podCIDR]
    object.spec.podCIDR ??= object.spec.podCIDRs?.[0]
  },
  prepareForCreate: ({ spec, status }) => {
    delete spec.configSource
    if (!status) return
    delete status.config
    // of a feature that is off in 1.35
    delete status.declaredFeatures
  },
  prepareForUpdate: ({ spec }, old) => {
    if (!old.spec.configSource) delete spec.configSource
  },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateStatusUpdate: validateNodeStatus,
  warnings: ({ spec }) => [
    ...(spec.configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...(spec.podCIDRs ?? []).flatMap((cidr, index) => cidrWarnings(`spec.podCIDRs[${index}]`, cidr)),
  ],
  fieldSelectors: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  columns: [
    text('Status', 'The status of the node', status),
    text('Roles', 'The roles of the node', roles),
    age,
    text('Version', 'Kubelet Version reported by the node.', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', addressesDescription, address('InternalIP')),
    wide('External-IP', addressesDescription, address('ExternalIP')),
    wide(
      'OS-Image',
      'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
      ({ status }) => status?.nodeInfo?.osImage || '<unknown>',
    ),
    wide(
      'Kernel-Version',
      "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
      ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>',
    ),
    wide(
      'Container-Runtime',
      'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
      ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    ),
  ],
})
