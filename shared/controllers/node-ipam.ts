import { nthAddress, parseRange } from '../meta/ipv4.ts'
import { type Node, nodes } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'

/** One key for all nodes: two of them must not get the same range. */
const key = 'cluster'
const nodePrefixLength = 24

/** Gives every node without addresses for its pods a /24 out of `podCidr`. The last one is kept for what all nodes share. */
export const createNodeIpamController = ({ podCidr }: { podCidr: string }): Controller => ({
  name: 'node-ipam',
  watches: [watch(nodes, (node) => (node?.spec.podCIDR ? [] : [key]))],
  initialKeys: [key],
  reconcile: async (_, { cache, client, events, log }) => {
    const all = cache.list(nodes)
    const taken = new Set(all.flatMap(({ spec }) => spec.podCIDR ?? []))
    for (const node of all.filter(({ spec }) => !spec.podCIDR).toSorted(byAge)) {
      const podCIDR = freeRange(podCidr, taken)
      const { name, resourceVersion } = node.metadata
      if (podCIDR === undefined) {
        await events.record(node, 'Warning', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
        continue
      }
      taken.add(podCIDR)
      const body = { metadata: { resourceVersion }, spec: { podCIDR, podCIDRs: [podCIDR] } }
      await client.patch(nodes, '', name, { type: 'merge', body })
      log.info('gave a node its pod addresses', { node: name, podCIDR })
    }
  },
})

const byAge = (a: Node, b: Node) =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name)

/** The first that nobody has; undefined: there is none. Pure. */
export const freeRange = (podCidr: string, taken: ReadonlySet<string>): string | undefined => {
  const { prefixLength } = parseRange(podCidr)
  const count = 2 ** (nodePrefixLength - prefixLength) - 1
  for (let n = 0; n < count; n++) {
    const cidr = `${nthAddress(podCidr, n * 2 ** (32 - nodePrefixLength))}/${nodePrefixLength}`
    if (!taken.has(cidr)) return cidr
  }
  return undefined
}
