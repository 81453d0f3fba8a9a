import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { portName, portNumber } from '../../meta/names.ts'
import type { IPBlock, NetworkPolicyPeer, NetworkPolicyPort } from '../generated/types.ts'
import type { NetworkPolicy } from '../resource.ts'
import { cidrWarnings, containsCIDR, parseCIDR, validCIDR } from '../validation/cidr.ts'
import { labelSelector } from '../validation/label.ts'
import { checked, each, optionalOneOf } from '../validation/value.ts'

const policyTypes = ['Ingress', 'Egress']

const validatePort = (path: string, { protocol, port, endPort }: NetworkPolicyPort): FieldError[] => {
  const endPath = `${path}.endPort`
  const errors = optionalOneOf(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'])
  if (port === undefined)
    return endPort === undefined
      ? errors
      : [...errors, invalidValue(endPath, endPort, 'may not be specified when `port` is not specified')]
  if (typeof port === 'string')
    return [
      ...errors,
      ...(endPort === undefined ? [] : [invalidValue(endPath, endPort, 'may not be specified when `port` is non-numeric')]),
      ...checked(`${path}.port`, port, portName),
    ]
  return [
    ...errors,
    ...checked(`${path}.port`, port, portNumber),
    // upstream shows the port here, not the end
    ...(endPort !== undefined && endPort < port ? [invalidValue(endPath, port, 'must be greater than or equal to `port`')] : []),
    ...(endPort === undefined ? [] : checked(endPath, endPort, portNumber)),
  ]
}

const validateBlock = (path: string, { cidr, except }: IPBlock): FieldError[] => {
  if (!cidr) return [requiredValue(`${path}.cidr`)]
  const range = parseCIDR(cidr)
  if (!range) return validCIDR(`${path}.cidr`, cidr)
  return each(`${path}.except`, except, (exceptPath, value) => {
    const inner = parseCIDR(value)
    if (!inner) return validCIDR(exceptPath, value)
    return containsCIDR(range, inner) ? [] : [invalidValue(exceptPath, value, 'must be a strict subset of `cidr`')]
  })
}

const validatePeer = (path: string, { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer): FieldError[] => [
  ...labelSelector(`${path}.podSelector`, podSelector),
  ...labelSelector(`${path}.namespaceSelector`, namespaceSelector),
  ...(ipBlock ? validateBlock(`${path}.ipBlock`, ipBlock) : []),
  ...(podSelector || namespaceSelector || ipBlock ? [] : [requiredValue(path, 'must specify a peer')]),
  ...(ipBlock && (podSelector || namespaceSelector)
    ? [forbiddenField(path, 'may not specify both ipBlock and another peer')]
    : []),
]

const validateTypes = (path: string, types: readonly string[]): FieldError[] =>
  types.length > policyTypes.length
    ? [invalidValue(path, types, 'may not specify more than two policyTypes')]
    : each(path, types, (typePath, type) => (policyTypes.includes(type) ? [] : [notSupported(typePath, type, policyTypes)]))

export const validateNetworkPolicy = ({ spec }: NetworkPolicy): FieldError[] => [
  ...labelSelector('spec.podSelector', spec.podSelector),
  ...each('spec.ingress', spec.ingress, (path, { ports, from }) => [
    ...each(`${path}.ports`, ports, validatePort),
    ...each(`${path}.from`, from, validatePeer),
  ]),
  ...each('spec.egress', spec.egress, (path, { ports, to }) => [
    ...each(`${path}.ports`, ports, validatePort),
    ...each(`${path}.to`, to, validatePeer),
  ]),
  ...validateTypes('spec.policyTypes', spec.policyTypes ?? []),
]

const blockWarnings = (path: string, { cidr, except = [] }: IPBlock): string[] => [
  ...cidrWarnings(`${path}.cidr`, cidr),
  ...except.flatMap((value, index) => cidrWarnings(`${path}.except[${index}]`, value)),
]

export const networkPolicyWarnings = ({ spec: { ingress = [], egress = [] } }: NetworkPolicy): string[] => {
  const ofPeers = (path: string, peers: readonly NetworkPolicyPeer[] = []) =>
    peers.flatMap(({ ipBlock }, index) => (ipBlock ? blockWarnings(`${path}[${index}].ipBlock`, ipBlock) : []))
  return [
    ...ingress.flatMap(({ from }, index) => ofPeers(`spec.ingress[${index}].from`, from)),
    ...egress.flatMap(({ to }, index) => ofPeers(`spec.egress[${index}].to`, to)),
  ]
}
