import { invalid, invalidValue } from '../../../meta/field-error.ts'
import { formatAddress, parseAddress, plainAddress } from '../../../meta/ipv4.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { internalError } from '../../../meta/status.ts'
import { ipAddress } from '../../../resources/networking/ipaddress.ts'
import type { IPAddress, Service } from '../../../resources/resource.ts'
import type { AdmissionEnvironment } from '../admission.ts'
import { type AddressRange, candidates, staticBand } from './address-range.ts'
import { type ClaimKind, claim, type Holder } from './claim.ts'

export const headless = 'None'

/** Addresses are IPAddress objects, named by the address. */
export const addressClaim: ClaimKind = {
  resource: 'ipaddresses.networking.k8s.io',
  definition: ipAddress,
  record: (_name, { namespace, name }) => ({
    metadata: {
      labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' },
    },
    spec: { parentRef: { resource: 'services', namespace, name } },
  }),
  holderOf: (record) => {
    const { namespace = '', name } = (record as IPAddress).spec?.parentRef ?? {}
    return name === undefined ? undefined : { namespace, name }
  },
  heldBy: (service: KubeObject) => addressesOf(service as Service),
}

/** In their one form, whatever the Service says: `10.96.0.010` is taken where `10.96.0.10` is. */
export const addressesOf = ({ spec }: Service): string[] =>
  spec.type === 'ExternalName'
    ? []
    : (spec.clusterIPs ?? [])
        .filter((address) => address !== headless && address !== '')
        .map((address) => plainAddress(address) ?? address)

export const needsAddress = ({ spec }: Service) =>
  spec.type !== 'ExternalName' && spec.clusterIPs?.[0] !== headless && spec.clusterIP !== headless

export interface AddressOptions {
  readonly range: AddressRange
  readonly holder: Holder
  readonly environment: AdmissionEnvironment
}

const band = ({ first, last }: AddressRange) => staticBand(last - first + 1, { min: 16, max: 256, step: 16 })

/** Claims the address that the Service asks for. */
export const claimRequested = async (service: Service, address: string, options: AddressOptions): Promise<void> => {
  const { range } = options
  const refuse = (detail: string) =>
    invalid('', 'Service', service.metadata.name, [
      invalidValue('spec.clusterIPs', service.spec.clusterIPs, `failed to allocate IP ${address}: ${detail}`),
    ])
  const value = parseAddress(address) ?? Number.NaN
  if (!(value >= range.first && value <= range.last)) {
    throw refuse(`the provided IP (${address}) is not in the valid range. The range of valid IPs is ${range.cidr}`)
  }
  if (!(await claim(addressClaim, address, options))) throw refuse('provided IP is already allocated')
}

/** Claims any free address. */
export const claimAny = async ({ range, ...options }: AddressOptions): Promise<string> => {
  const { random } = options.environment
  for (const value of candidates(range.first, range.last, { band: band(range), random })) {
    const address = formatAddress(value)
    if (await claim(addressClaim, address, options)) return address
  }
  throw internalError(new Error('failed to allocate a serviceIP: range is full'))
}
