import { type FieldError, requiredValue } from '../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../../meta/names.ts'
import type { CoreV1EndpointPort, EndpointAddress } from '../generated/types.ts'
import type { Endpoints } from '../resource.ts'
import { endpointIP, ipWarnings, validIP } from '../validation/ip.ts'
import { protocols } from '../validation/port.ts'
import { checked, each, optionalChecked, required, requiredOneOf } from '../validation/value.ts'

export const validateEndpoints = ({ subsets }: Endpoints): FieldError[] =>
  each('subsets', subsets, (path, { addresses, notReadyAddresses, ports }) => [
    ...(addresses?.length || notReadyAddresses?.length
      ? []
      : [requiredValue(path, 'must specify `addresses` or `notReadyAddresses`')]),
    ...each(`${path}.addresses`, addresses, validateAddress),
    ...each(`${path}.notReadyAddresses`, notReadyAddresses, validateAddress),
    ...each(`${path}.ports`, ports, (portPath, port) => validatePort(portPath, port, (ports?.length ?? 0) > 1)),
  ])

const validateAddress = (path: string, { ip, hostname, nodeName }: EndpointAddress): FieldError[] => [
  ...validIP(`${path}.ip`, ip),
  ...optionalChecked(`${path}.hostname`, hostname, (name) => dns1123Label(name)),
  ...(nodeName === undefined ? [] : checked(`${path}.nodeName`, nodeName, (name) => dns1123Subdomain(name))),
  ...endpointIP(`${path}.ip`, ip),
]

const validatePort = (path: string, port: CoreV1EndpointPort, needsName: boolean): FieldError[] => [
  ...(needsName ? required(`${path}.name`, port.name ?? '') : []),
  ...optionalChecked(`${path}.name`, port.name, (name) => dns1123Label(name)),
  ...checked(`${path}.port`, port.port ?? 0, portNumber),
  ...requiredOneOf(`${path}.protocol`, port.protocol, protocols),
  ...(port.appProtocol === undefined ? [] : checked(`${path}.appProtocol`, port.appProtocol, qualifiedName)),
]

export const endpointsWarnings = ({ metadata, subsets }: Endpoints): string[] => {
  const isOurs = metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller'
  if (isOurs) return []
  return (subsets ?? []).flatMap((subset, index) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, position) => ipWarnings(`subsets[${index}].${list}[${position}].ip`, ip)),
    ),
  )
}
