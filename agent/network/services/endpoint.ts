import { plainAddress } from '../../../shared/meta/ipv4.ts'
import type { Endpoint, ServicePort } from '../../../shared/resources/generated/types.ts'
import type { EndpointSlice } from '../../../shared/resources/resource.ts'

/** One address and port that a Service's connections may go to. */
export interface ServiceEndpoint {
  readonly ip: string
  readonly port: number
  /** on this node */
  readonly local: boolean
}

export interface ServiceEndpoints {
  /** for traffic policy Cluster */
  readonly cluster: readonly ServiceEndpoint[]
  /** for traffic policy Local */
  readonly local: readonly ServiceEndpoint[]
}

/**
 * Ready endpoints of a Service's port; when there is none, those that are terminating but still serve. Policy Local
 * decides this among the node's own endpoints only. Sorted, without doubles.
 */
export const endpointsOf = (options: {
  slices: readonly EndpointSlice[]
  port: ServicePort
  nodeName: string
}): ServiceEndpoints => {
  const { slices, port, nodeName } = options
  const ready = new Map<string, ServiceEndpoint>()
  const leaving = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    for (const target of slice.ports ?? []) {
      if ((target.name ?? '') !== (port.name ?? '') || target.port === undefined) continue
      if ((target.protocol ?? 'TCP') !== (port.protocol ?? 'TCP')) continue
      for (const endpoint of slice.endpoints ?? []) {
        const ip = plainAddress(endpoint.addresses[0] ?? '')
        if (ip === undefined) continue
        const chosen = isReady(endpoint) ? ready : isLeaving(endpoint) ? leaving : undefined
        chosen?.set(`${ip}:${target.port}`, { ip, port: target.port, local: endpoint.nodeName === nodeName })
      }
    }
  }
  return { cluster: either(ready, leaving, () => true), local: either(ready, leaving, ({ local }) => local) }
}

const either = (
  ready: ReadonlyMap<string, ServiceEndpoint>,
  leaving: ReadonlyMap<string, ServiceEndpoint>,
  wanted: (endpoint: ServiceEndpoint) => boolean,
) => {
  const first = [...ready.values()].filter(wanted)
  const chosen = first.length > 0 ? first : [...leaving.values()].filter(wanted)
  return chosen.sort((a, b) => (a.ip === b.ip ? a.port - b.port : a.ip < b.ip ? -1 : 1))
}

const isReady = ({ conditions }: Endpoint) => conditions?.ready !== false

const isLeaving = ({ conditions }: Endpoint) => conditions?.terminating === true && conditions.serving !== false
