import type { Service } from '../../../resources/resource.ts'
import { isExposed, needsHealthCheck } from './node-port.ts'

const hasAddress = ({ spec }: Service) => spec.type !== 'ExternalName'
const sameList = (a: readonly string[] = [], b: readonly string[] = []) =>
  a.length === b.length && a.every((value, index) => value === b[index])

/** What was given to a Service stays when an update leaves it out, so that applying a manifest again changes nothing. */
export const keepAllocated = (service: Service, old: Service): void => {
  if (hasAddress(old) && hasAddress(service)) {
    service.spec.clusterIP ||= old.spec.clusterIP
    if (!service.spec.clusterIPs?.length && old.spec.clusterIPs?.length) service.spec.clusterIPs = [...old.spec.clusterIPs]
  }
  if (isExposed(old) && isExposed(service)) keepNodePorts(service, old)
  if (needsHealthCheck(old) && needsHealthCheck(service)) service.spec.healthCheckNodePort ||= old.spec.healthCheckNodePort
}

const keepNodePorts = ({ spec }: Service, old: Service) => {
  const wanted = new Set(spec.ports?.map(({ nodePort }) => nodePort))
  const byName = new Map(old.spec.ports?.map(({ name = '', nodePort }) => [name, nodePort]))
  for (const port of spec.ports ?? []) {
    const before = byName.get(port.name ?? '')
    if (!port.nodePort && before && !wanted.has(before)) port.nodePort = before
  }
}

/** clusterIP and clusterIPs say the same: a client that knows only the one means both. */
export const alignClusterIPs = ({ spec }: Service, old: Service | undefined): void => {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
    return
  }
  const before = old.spec
  const { clusterIP = '' } = spec
  if (before.clusterIPs?.length && !spec.clusterIPs?.length && (before.clusterIP ?? '') === clusterIP) {
    spec.clusterIPs = [...before.clusterIPs]
  }
  if ((before.clusterIP ?? '') === clusterIP || !sameList(before.clusterIPs, spec.clusterIPs)) return
  if (before.clusterIP && clusterIP === '') delete spec.clusterIPs
  else spec.clusterIPs = [clusterIP]
}
