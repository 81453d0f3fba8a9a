import { invalid, invalidValue } from '../../../meta/field-error.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { internalError } from '../../../meta/status.ts'
import type { Service } from '../../../resources/resource.ts'
import type { AdmissionEnvironment } from '../admission.ts'
import { candidates, staticBand } from './address-range.ts'
import { type ClaimKind, claim, type Holder } from './claim.ts'

export interface PortRange {
  readonly first: number
  readonly last: number
}

interface PortRecord extends KubeObject {
  spec: { parentRef: Holder }
}

/** Ports are records of our own, that no API serves. */
export const portClaim: ClaimKind = {
  resource: 'nodeports.internal.windlass.dev',
  definition: { group: 'internal.windlass.dev', version: 'v1', kind: 'NodePort' },
  record: (_name, { namespace, name }) => ({ spec: { parentRef: { namespace, name } } }),
  holderOf: (record) => (record as PortRecord).spec.parentRef,
  heldBy: (service) => nodePortsOf(service as Service).map(String),
}

/** Each number once, that of the health check too. */
export const nodePortsOf = ({ spec }: Service): number[] => {
  const ports = (spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0)
  return [...new Set([...ports, spec.healthCheckNodePort ?? 0])].filter((port) => port > 0)
}

export const isExposed = ({ spec }: Service) => spec.type === 'NodePort' || spec.type === 'LoadBalancer'

export const wantsNodePorts = (service: Service) =>
  service.spec.type === 'NodePort' ||
  (service.spec.type === 'LoadBalancer' && service.spec.allocateLoadBalancerNodePorts !== false)

export const needsHealthCheck = ({ spec }: Service) => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

export interface PortOptions {
  readonly range: PortRange
  readonly holder: Holder
  readonly environment: AdmissionEnvironment
}

/** Claims the port that the Service asks for in `field`. */
export const claimRequestedPort = async (
  service: Service,
  { port, field }: { port: number; field: string },
  options: PortOptions,
): Promise<void> => {
  if (!(await claim(portClaim, String(port), options)))
    throw notAllocated(service, { port, field }, 'provided port is already allocated')
}

const notAllocated = ({ metadata }: Service, { port, field }: { port: number; field: string }, detail: string) =>
  invalid('', 'Service', metadata.name, [invalidValue(field, port, detail)])

/** Throws when a port that the Service asks for is none that can be given. */
export const checkPorts = (service: Service, held: readonly number[], { first, last }: PortRange): void => {
  const { spec } = service
  const check = (port: number | undefined, field: string) => {
    if (!port || held.includes(port) || (port >= first && port <= last)) return
    throw notAllocated(
      service,
      { port, field },
      `provided port is not in the valid range. The range of valid ports is ${first}-${last}`,
    )
  }
  for (const [index, { nodePort }] of isExposed(service) ? (spec.ports ?? []).entries() : [])
    check(nodePort, `spec.ports[${index}].nodePort`)
  if (needsHealthCheck(service)) check(spec.healthCheckNodePort, 'spec.healthCheckNodePort')
}

/** Claims any free port. */
export const claimAnyPort = async ({ range, ...options }: PortOptions): Promise<number> => {
  const { first, last } = range
  const band = staticBand(last - first + 1, { min: 16, max: 128, step: 32 })
  for (const port of candidates(first, last, { band, random: options.environment.random })) {
    if (await claim(portClaim, String(port), options)) return port
  }
  throw internalError(new Error('failed to allocate a nodePort: range is full'))
}
