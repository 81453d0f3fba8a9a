import { contains, formatAddress, isRange, nthAddress, overlap, parseRange } from '../meta/ipv4.ts'
import { podRangeAnnotation } from '../resources/core/pod-range-annotation.ts'
import { type Node, nodes } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'

/** One key for all nodes: two of them must not get the same range. */
const key = 'cluster'
const nodePrefixLength = 24

export interface NodeIpamOptions {
  readonly podCidr: string
  /** nodes that ask for no range get none; for homes that say at the start which node has which */
  readonly onlyAsked?: boolean | undefined
}

/**
 * Gives every node without addresses for its pods a /24 out of `podCidr`, the one that it asks for if nobody has it. The last one is kept
 * for what all nodes share.
 */
export const createNodeIpamController = ({ podCidr, onlyAsked = false }: NodeIpamOptions): Controller => ({
  name: 'node-ipam',
  eventComponent: 'cidrAllocator',
  watches: [watch(nodes, (node) => (node?.spec.podCIDR ? [] : [key]))],
  initialKeys: [key],
  reconcile: async (_, { cache, client, events, log }) => {
    const all = cache.list(nodes)
    const taken = new Set(all.flatMap(({ spec }) => spec.podCIDR ?? []))
    for (const node of all.filter(({ spec }) => !spec.podCIDR).toSorted(byAge)) {
      const wanted = node.metadata.annotations?.[podRangeAnnotation]
      if (onlyAsked && wanted === undefined) continue
      const podCIDR = isFree(podCidr, taken, wanted) ? wanted : onlyAsked ? undefined : freeRange(podCidr, taken)
      const { name, resourceVersion } = node.metadata
      if (podCIDR === undefined) {
        await events.record(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
        continue
      }
      taken.add(podCIDR)
      const body = { metadata: { resourceVersion }, spec: { podCIDR, podCIDRs: [podCIDR] } }
      await client.patch(nodes, '', name, { type: 'merge', body })
      log.info('gave a node its pod addresses', { node: name, podCIDR })
    }
  },
})

/** Whether it is one that nodes are given, and nobody has it. */
const isFree = (podCidr: string, taken: ReadonlySet<string>, wanted: string | undefined): wanted is string => {
  if (wanted === undefined || !isRange(wanted)) return false
  const range = parseRange(wanted)
  const given = wanted === `${formatAddress(range.first)}/${nodePrefixLength}` && contains(parseRange(podCidr), range.first)
  return given && range.first !== parseRange(rangeAt(podCidr, countOf(podCidr))).first && notTaken(taken, wanted)
}

/** What others have may have been written by anybody who may write nodes. */
const notTaken = (taken: ReadonlySet<string>, cidr: string): boolean =>
  !taken.has(cidr) && ![...taken].some((other) => isRange(other) && overlap(parseRange(other), parseRange(cidr)))

const byAge = (a: Node, b: Node) =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name)

/** The first that nobody has; undefined: there is none. Pure. */
export const freeRange = (podCidr: string, taken: ReadonlySet<string>): string | undefined => {
  for (let n = 0; n < countOf(podCidr); n++) {
    const cidr = rangeAt(podCidr, n)
    if (notTaken(taken, cidr)) return cidr
  }
  return undefined
}

/** without the last one */
const countOf = (podCidr: string) => 2 ** (nodePrefixLength - parseRange(podCidr).prefixLength) - 1

const rangeAt = (podCidr: string, n: number) => `${nthAddress(podCidr, n * 2 ** (32 - nodePrefixLength))}/${nodePrefixLength}`
