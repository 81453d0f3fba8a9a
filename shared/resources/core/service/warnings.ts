import type { Service } from '../../resource.ts'
import { cidrWarnings } from '../../validation/cidr.ts'
import { ipWarnings } from '../../validation/ip.ts'

const topologyMode = 'service.kubernetes.io/topology-mode'
const topologyHints = 'service.kubernetes.io/topology-aware-hints'

export const serviceWarnings = ({ spec, metadata }: Service): string[] => {
  const isHeadless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  const externalIPs = spec.externalIPs ?? []
  const found: string[] = []
  if (metadata.annotations?.[topologyHints] !== undefined)
    found.push(`annotation ${topologyHints} is deprecated, please use ${topologyMode} instead`)
  if (spec.type !== 'ExternalName' && !isHeadless)
    for (const [index, ip] of (spec.clusterIPs ?? []).entries()) found.push(...ipWarnings(`spec.clusterIPs[${index}]`, ip))
  if (isHeadless) {
    if (spec.loadBalancerIP) found.push('spec.loadBalancerIP is ignored for headless services')
    if (externalIPs.length > 0) found.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') found.push('spec.SessionAffinity is ignored for headless services')
  }
  for (const [index, ip] of externalIPs.entries()) found.push(...ipWarnings(`spec.externalIPs[${index}]`, ip))
  if (spec.loadBalancerIP) found.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP))
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries())
    found.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${index}]`, range))
  if (spec.type === 'ExternalName' && externalIPs.length > 0)
    found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (spec.type !== 'ExternalName' && spec.externalName)
    found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose')
    found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return found
}
