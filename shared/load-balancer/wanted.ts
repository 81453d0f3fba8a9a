import { instanceOf } from '../node-group/membership.ts'
import { removalTaint } from '../placement/annotation.ts'
import type { Node, Service } from '../resources/resource.ts'
import { type BalancedPort, LoadBalancerRefused, type WantedLoadBalancer } from './load-balancers.ts'

const prefix = 'service.beta.kubernetes.io/'
const internalAnnotation = `${prefix}aws-load-balancer-internal`
const schemeAnnotation = `${prefix}aws-load-balancer-scheme`
const sourceRangesAnnotation = `${prefix}load-balancer-source-ranges`
const excludedLabel = 'node.kubernetes.io/exclude-from-external-load-balancers'
const anywhere = new Set(['0.0.0.0/0', '::/0'])

/** Pure. Throws LoadBalancerRefused, which names what can't be had. */
export const wantedOf = (service: Service, nodes: readonly Node[]): WantedLoadBalancer => {
  const { metadata, spec } = service
  const ports = (spec.ports ?? []).map(portOf)
  const both = ports.find(({ port, protocol }) => ports.some((other) => other.port === port && other.protocol !== protocol))
  if (both) throw new LoadBalancerRefused(`port ${both.port} is wanted for TCP and UDP, a load balancer takes one of them`)
  const isLocal = spec.externalTrafficPolicy === 'Local' && spec.healthCheckNodePort !== undefined
  return {
    service: { namespace: metadata.namespace ?? '', name: metadata.name, uid: metadata.uid ?? '' },
    internal: isInternal(metadata.annotations ?? {}),
    sourceRanges: sourceRangesOf(service),
    ports,
    healthCheck: isLocal ? { port: spec.healthCheckNodePort!, path: '/healthz' } : undefined,
    machines: nodes
      .filter(isBalanced)
      .flatMap((node) => instanceOf(node) ?? [])
      .sort(),
  }
}

/** Pure. A node's readiness is for health checks to find out: it changes too often for targets. */
export const isBalanced = ({ metadata, spec }: Node): boolean =>
  metadata.labels?.[excludedLabel] === undefined && !spec.taints?.some(({ key }) => key === removalTaint)

const portOf = ({ port, nodePort, protocol = 'TCP' }: NonNullable<Service['spec']['ports']>[number]): BalancedPort => {
  if (protocol !== 'TCP' && protocol !== 'UDP') throw new LoadBalancerRefused(`port ${port}: no load balancer knows ${protocol}`)
  if (!nodePort) throw new LoadBalancerRefused(`port ${port} has no node port: set allocateLoadBalancerNodePorts`)
  return { port, nodePort, protocol }
}

/** The older word is on with any value but these. */
const isInternal = (annotations: Readonly<Record<string, string>>): boolean => {
  const scheme = annotations[schemeAnnotation]
  if (scheme !== undefined && scheme !== 'internal' && scheme !== 'internet-facing')
    throw new LoadBalancerRefused(`${schemeAnnotation} is "${scheme}", but should be internal or internet-facing`)
  const older = annotations[internalAnnotation]
  return scheme === undefined ? older !== undefined && older !== '' && older !== 'false' : scheme === 'internal'
}

const sourceRangesOf = ({ metadata, spec }: Service): string[] => {
  const given = spec.loadBalancerSourceRanges?.length
    ? spec.loadBalancerSourceRanges
    : (metadata.annotations?.[sourceRangesAnnotation] ?? '').split(',')
  const ranges = given.map((range) => range.trim()).filter((range) => range !== '')
  return ranges.some((range) => anywhere.has(range)) ? [] : ranges.sort()
}
