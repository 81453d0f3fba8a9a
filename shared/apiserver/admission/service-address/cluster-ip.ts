import { invalid, invalidValue } from '../../../meta/field-error.ts'
import { formatAddress, parseAddress, plainAddress } from '../../../meta/ipv4.ts'
import { pathSegment } from '../../../meta/names.ts'
import type { KubeObject } from '../../../meta/object.ts'
import { internalError } from '../../../meta/status.ts'
import type { Random } from '../../../platform/random.ts'
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

/** An address is an object that names who holds it, and nothing can be named that is no part of a path. */
export const checkHolder = (service: Service, { range, random }: { range: AddressRange; random: Random }): void => {
  const { metadata, spec } = service
  const { generateName = '' } = metadata
  const name = metadata.name || generateName
  const [finding] =
    name === ''
      ? ['Required value']
      : pathSegment(name, name !== metadata.name).map((text) => `Invalid value: ${JSON.stringify(name)}: ${text}`)
  if (finding === undefined || !needsAddress(service)) return
  const [requested] = addressesOf(service)
  const [any] = candidates(range.first, range.last, { band: band(range), random })
  const address = requested ?? formatAddress(any!)
  const what = requested === undefined ? 'failed to allocate IP' : `failed to allocate IP ${requested}`
  throw invalid('', 'Service', name, [
    invalidValue(
      'spec.clusterIPs',
      requested === undefined ? [''] : spec.clusterIPs,
      `${what}: IPAddress.networking.k8s.io ${JSON.stringify(address)} is invalid: spec.parentRef.name: ${finding}`,
    ),
  ])
}

/** Claims the address that the Service asks for. */
export const claimRequested = async (service: Service, address: string, options: AddressOptions): Promise<void> => {
  if (!(await claim(addressClaim, address, options))) throw notAllocated(service, address, 'provided IP is already allocated')
}

const notAllocated = ({ metadata, spec }: Service, address: string, detail: string) =>
  invalid('', 'Service', metadata.name, [
    invalidValue('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${address}: ${detail}`),
  ])

/** Throws when the address that the Service asks for is none that can be given. That it has another one already is found out later. */
export const checkAddress = (service: Service, held: readonly string[], range: AddressRange): void => {
  const [address] = addressesOf(service)
  if (address === undefined || held.length > 0) return
  const value = parseAddress(address) ?? Number.NaN
  if (value >= range.first && value <= range.last) return
  throw notAllocated(service, address, 'the provided network does not match the current range')
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
