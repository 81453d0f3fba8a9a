import { duplicateValue, type FieldError, invalidValue, requiredValue, tooMany } from '../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../../meta/names.ts'
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints } from '../generated/types.ts'
import type { EndpointSlice } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { canonicalIPOnly, endpointIP, ipFamily, ipWarnings, validIP } from '../validation/ip.ts'
import { protocols } from '../validation/port.ts'
import { checked, createSeen, each, requiredOneOf } from '../validation/value.ts'

const maxEndpoints = 1000
const maxPorts = 20_000
const maxAddresses = 100
const maxHints = 8

/** Endpoints that an update leaves alone are as good as they were. */
export const validateEndpointSlice = (
  { addressType, ports, endpoints }: EndpointSlice,
  old: EndpointSlice | undefined,
): FieldError[] => [
  ...requiredOneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
  ...validatePorts('ports', ports ?? []),
  ...(old && isEquivalent(endpoints, old.endpoints) ? [] : validateEndpoints('endpoints', endpoints ?? [], addressType)),
]

const validatePorts = (path: string, ports: readonly DiscoveryV1EndpointPort[]): FieldError[] => {
  if (ports.length > maxPorts) return [tooMany(path, ports.length, maxPorts)]
  const seen = createSeen()
  return each(path, ports, (portPath, { name = '', protocol, appProtocol }) => [
    ...(name ? checked(`${portPath}.name`, name, (value) => dns1123Label(value)) : []),
    ...(seen(name) ? [duplicateValue(`${portPath}.name`, name)] : []),
    ...requiredOneOf(`${portPath}.protocol`, protocol, protocols),
    ...(appProtocol === undefined ? [] : checked(`${portPath}.appProtocol`, appProtocol, qualifiedName)),
  ])
}

const validateEndpoints = (path: string, endpoints: readonly Endpoint[], addressType: string): FieldError[] => {
  if (endpoints.length > maxEndpoints) return [tooMany(path, endpoints.length, maxEndpoints)]
  return each(path, endpoints, (endpointPath, { addresses: given, nodeName, hostname, hints }) => {
    // Go writes none as null.
    const addresses = given ?? []
    return [
      ...(addresses.length === 0 ? [requiredValue(`${endpointPath}.addresses`, 'must contain at least 1 address')] : []),
      ...(addresses.length > maxAddresses ? [tooMany(`${endpointPath}.addresses`, addresses.length, maxAddresses)] : []),
      ...each(
        `${endpointPath}.addresses`,
        addresses,
        (addressPath, address) => addressRules[addressType]?.(addressPath, address) ?? [],
      ),
      ...(nodeName === undefined ? [] : checked(`${endpointPath}.nodeName`, nodeName, (name) => dns1123Subdomain(name))),
      ...(hostname === undefined ? [] : checked(`${endpointPath}.hostname`, hostname, (name) => dns1123Label(name))),
      ...(hints ? validateHints(`${endpointPath}.hints`, hints) : []),
    ]
  })
}

const address =
  (family: 'IPv4' | 'IPv6', format: (path: string, ip: string) => FieldError[]) =>
  (path: string, ip: string): FieldError[] => {
    const errors = format(path, ip)
    if (errors.length > 0) return errors
    return [
      ...(ipFamily(ip) === family ? [] : [invalidValue(path.replace(/\[\d+\]$/, ''), ip, `must be an ${family} address`)]),
      ...endpointIP(path, ip),
    ]
  }

const domainName = (path: string, value: string): FieldError[] => {
  if (value === '') return [requiredValue(path)]
  const name = value.replace(/\.$/, '')
  const findings = dns1123Subdomain(name)
  if (findings.length > 0) return [invalidValue(path, name, findings.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) return [invalidValue(path, name, 'should be a domain with at least two segments separated by dots')]
  const wrong = labels.find((label) => dns1123Label(label).length > 0)
  return wrong === undefined ? [] : [invalidValue(path, wrong, dns1123Label(wrong).join(','))]
}

const addressRules: Readonly<Record<string, (path: string, value: string) => FieldError[]>> = {
  IPv4: address('IPv4', validIP),
  IPv6: address('IPv6', canonicalIPOnly),
  FQDN: domainName,
}

const validateHints = (path: string, { forZones = [], forNodes = [] }: EndpointHints): FieldError[] => {
  const names = (listPath: string, list: readonly { name: string }[], rule: (name: string) => string[]) => {
    if (list.length > maxHints) return [tooMany(listPath, list.length, maxHints)]
    const seen = createSeen()
    return each(listPath, list, (hintPath, { name }) => [
      ...(seen(name) ? [duplicateValue(`${hintPath}.name`, name)] : []),
      ...checked(`${hintPath}.name`, name, rule),
    ])
  }
  return [
    ...names(`${path}.forZones`, forZones, labelValue),
    ...names(`${path}.forNodes`, forNodes, (name) => dns1123Subdomain(name)),
  ]
}

const ownControllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

export const endpointSliceWarnings = (slice: EndpointSlice, old: EndpointSlice | undefined): string[] => [
  ...(slice.addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  ...(ownControllers.includes(slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '') ||
  slice.addressType === 'FQDN'
    ? []
    : (slice.endpoints ?? []).flatMap(({ addresses }, index) =>
        addresses.flatMap((ip, position) => ipWarnings(`endpoints[${index}].addresses[${position}]`, ip)),
      )),
]
