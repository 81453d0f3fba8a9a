import type { Service } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin, Reservation } from './admission.ts'
import { isMain } from './of-kind.ts'
import { parseAddressRange } from './service-address/address-range.ts'
import { type ClaimKind, type Holder, release } from './service-address/claim.ts'
import {
  addressClaim,
  addressesOf,
  checkAddress,
  checkHolder,
  claimAny,
  claimRequested,
  needsAddress,
} from './service-address/cluster-ip.ts'
import { settleFamilies } from './service-address/families.ts'
import { alignClusterIPs, keepAllocated } from './service-address/kept-values.ts'
import {
  checkPorts,
  claimAnyPort,
  claimRequestedPort,
  needsHealthCheck,
  nodePortsOf,
  type PortRange,
  portClaim,
  wantsNodePorts,
} from './service-address/node-port.ts'

export interface ServiceAddressOptions {
  /** default 10.96.0.0/16 */
  readonly serviceCIDR?: string | undefined
  /** default 30000-32767 */
  readonly nodePorts?: PortRange | undefined
}

/** Gives Services their cluster IPs and node ports, and takes them back. */
export const createServiceAddress = (options: ServiceAddressOptions = {}): AdmissionPlugin => {
  const addresses = parseAddressRange(options.serviceCIDR ?? '10.96.0.0/16')
  const ports = options.nodePorts ?? { first: 30000, last: 32767 }
  const reserve = async (session: Session, service: Service | undefined): Promise<Reservation> => {
    try {
      if (service) {
        await session.takeAddresses(service, addresses)
        await session.takePorts(service, ports)
      }
    } catch (error) {
      await session.finish(false)
      throw error
    }
    return (stored) => session.finish(stored)
  }
  return {
    name: 'ServiceAddress',
    mutate: (attributes, environment) => {
      if (attributes.operation === 'DELETE' || !isMain(attributes, '', 'services')) return
      const service = attributes.object as Service
      const old = attributes.oldObject as Service | undefined
      if (old) keepAllocated(service, old)
      alignClusterIPs(service, old)
      settleFamilies(service, old)
      checkAddress(service, old ? addressesOf(old) : [], addresses)
      // A dry run makes no IPAddress.
      if (!old && !attributes.dryRun) checkHolder(service, { range: addresses, random: environment.random })
      checkPorts(service, old ? nodePortsOf(old) : [], ports)
    },
    reserve: (attributes, environment) =>
      isMain(attributes, '', 'services')
        ? reserve(new Session(attributes, environment), attributes.object as Service)
        : undefined,
  }
}

/** What one write takes and gives back. */
class Session {
  readonly #old: Service | undefined
  readonly #attributes: AdmissionAttributes
  readonly #environment: AdmissionEnvironment
  readonly #holder: Holder
  readonly #taken: { kind: ClaimKind; name: string }[] = []

  constructor(attributes: AdmissionAttributes, environment: AdmissionEnvironment) {
    const { namespace, name, object, oldObject } = attributes
    this.#attributes = attributes
    this.#environment = environment
    this.#old = oldObject as Service | undefined
    this.#holder = { namespace, name: object?.metadata.name ?? name }
  }

  get #claimant() {
    return { holder: this.#holder, environment: this.#environment }
  }

  async takeAddresses(service: Service, range: ReturnType<typeof parseAddressRange>): Promise<void> {
    if (!needsAddress(service)) return
    const { spec } = service
    const held = this.#old ? addressesOf(this.#old) : []
    const [requested = ''] = addressesOf(service)
    if (held.includes(requested)) return
    const options = { range, ...this.#claimant }
    if (requested !== '') {
      await claimRequested(service, requested, options)
      this.#taken.push({ kind: addressClaim, name: requested })
      return
    }
    const address = await claimAny(options)
    this.#taken.push({ kind: addressClaim, name: address })
    spec.clusterIP = address
    spec.clusterIPs = [address]
  }

  async takePorts(service: Service, range: PortRange): Promise<void> {
    const held = new Set(this.#old ? nodePortsOf(this.#old) : [])
    const { spec } = service
    // The same port over TCP and UDP gets the same node port.
    const byPort = new Map<number, number>()
    for (const { port, nodePort } of spec.ports ?? []) if (nodePort) byPort.set(port, nodePort)
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!port.nodePort && !wantsNodePorts(service)) continue
      const wanted = port.nodePort || byPort.get(port.port)
      port.nodePort = await this.#takePort(service, { wanted, held, range, field: `spec.ports[${index}].nodePort` })
      byPort.set(port.port, port.nodePort)
    }
    if (!needsHealthCheck(service)) return
    const wanted = spec.healthCheckNodePort || undefined
    spec.healthCheckNodePort = await this.#takePort(service, { wanted, held, range, field: 'spec.healthCheckNodePort' })
  }

  async #takePort(
    service: Service,
    { wanted, held, range, field }: { wanted: number | undefined; held: Set<number>; range: PortRange; field: string },
  ): Promise<number> {
    if (wanted !== undefined && held.has(wanted)) return wanted
    const options = { range, ...this.#claimant }
    if (wanted !== undefined) await claimRequestedPort(service, { port: wanted, field }, options)
    const port = wanted ?? (await claimAnyPort(options))
    held.add(port)
    this.#taken.push({ kind: portClaim, name: String(port) })
    return port
  }

  /** Stored: what only the old state had is given back; not stored: what was taken for the new one. */
  finish: Reservation = async (stored) => {
    const given = stored ? this.#superseded() : this.#taken
    for (const { kind, name } of given) await release(kind, name, this.#claimant)
  }

  #superseded() {
    if (!this.#old) return []
    const service = this.#attributes.object as Service | undefined
    const kept = new Set(service ? [...addressesOf(service), ...nodePortsOf(service).map(String)] : [])
    return [
      ...addressesOf(this.#old).map((name) => ({ kind: addressClaim, name })),
      ...nodePortsOf(this.#old).map((port) => ({ kind: portClaim, name: String(port) })),
    ].filter(({ name }) => !kept.has(name))
  }
}
