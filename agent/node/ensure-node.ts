import type { Client } from '../../shared/client/client.ts'
import { isReason } from '../../shared/meta/status.ts'
import { podRangeAnnotation } from '../../shared/resources/core/pod-range-annotation.ts'
import { directoriesAnnotation } from '../../shared/resources/core/volume/local-directory.ts'
import type { NodeStatus } from '../../shared/resources/generated/types.ts'
import { type Node, nodes } from '../../shared/resources/resource.ts'

/** What a node's object says of it for as long as there is the node. */
export interface NodeIdentity {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** only of one who may choose it; undefined: the control plane gives it */
  readonly podCIDR?: string | undefined
  /** what it should give, if it can */
  readonly wantedPodCIDR?: string | undefined
  readonly providerID?: string | undefined
}

/** Of a node that keeps directories for volumes below a path. */
export const withDirectories = (identity: NodeIdentity, root: string): NodeIdentity => ({
  ...identity,
  annotations: { ...identity.annotations, [directoriesAnnotation]: root },
})

export interface EnsureNodeOptions {
  readonly client: Client
  readonly identity: NodeIdentity
  /** of a new object */
  readonly status: () => Promise<NodeStatus>
}

/** The node's object: made if there is none, else with what it lacks. */
export const ensureNode = async ({ client, identity, status }: EnsureNodeOptions): Promise<Node> => {
  const { name, labels, podCIDR, wantedPodCIDR, providerID } = identity
  const annotations = { ...identity.annotations, ...(wantedPodCIDR ? { [podRangeAnnotation]: wantedPodCIDR } : {}) }
  const range = podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {}
  const provider = providerID ? { providerID } : {}
  try {
    return await client.create(nodes, {
      metadata: { name, labels: { ...labels }, annotations: { ...annotations } },
      spec: { ...range, ...provider },
      status: await status(),
    })
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error
  }
  const node = await client.get(nodes, '', name)
  const { metadata, spec: found } = node
  const spec = { ...(found.podCIDR ? {} : range), ...(found.providerID ? {} : provider) }
  const body = {
    ...withMissing('labels', labels, metadata.labels),
    ...withMissing('annotations', annotations, metadata.annotations),
  }
  const patch = { ...(Object.keys(body).length ? { metadata: body } : {}), ...(Object.keys(spec).length ? { spec } : {}) }
  return Object.keys(patch).length ? client.patch(nodes, '', name, { type: 'merge', body: patch }) : node
}

const withMissing = (
  field: 'labels' | 'annotations',
  wanted: Readonly<Record<string, string>>,
  have: Readonly<Record<string, string>> = {},
) => {
  const missing = Object.entries(wanted).filter(([key, value]) => have[key] !== value)
  return missing.length ? { [field]: Object.fromEntries(missing) } : {}
}
