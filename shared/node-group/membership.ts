import type { Node } from '../resources/resource.ts'
import type { NodeGroupState } from './node-group.ts'

/** The last part of `aws:///eu-west-1a/i-0123`. */
export const instanceOf = ({ spec }: Node): string | undefined => spec.providerID?.split('/').at(-1) || undefined

/** Which of the group's machines are nodes, and which are on their way to be. */
export const membersOf = (
  { desired, instances }: NodeGroupState,
  nodes: readonly Node[],
): { readonly members: readonly Node[]; readonly unregistered: readonly string[]; readonly onTheirWay: number } => {
  const byInstance = new Map(nodes.map((node) => [instanceOf(node), node]))
  const unregistered = instances.filter((id) => !byInstance.has(id))
  return {
    members: instances.flatMap((id) => byInstance.get(id) ?? []),
    unregistered,
    onTheirWay: unregistered.length + Math.max(0, desired - instances.length),
  }
}
