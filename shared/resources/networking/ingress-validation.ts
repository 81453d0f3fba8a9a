import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, wildcardDns1123Subdomain } from '../../meta/names.ts'
import type { HTTPIngressPath, IngressRule } from '../generated/types.ts'
import type { Ingress } from '../resource.ts'
import { ipFamily, validIP } from '../validation/ip.ts'
import { checked, each, optionalChecked } from '../validation/value.ts'
import { validateBackend } from './ingress-backend.ts'

/** The annotation that named the class before there was a field. */
export const classAnnotation = 'kubernetes.io/ingress.class'

const notAnAddress = (path: string, host: string): FieldError[] =>
  ipFamily(host) === undefined ? [] : [invalidValue(path, host, 'must be a DNS name, not an IP address')]

const hostName = (path: string, host: string): FieldError[] =>
  checked(path, host, host.includes('*') ? wildcardDns1123Subdomain : (name) => dns1123Subdomain(name))

const misleadingParts = ['//', '/./', '/../', '%2f', '%2F']
const misleadingEnds = ['/..', '/.']

const pathRules: Readonly<Record<string, (path: string, value: string) => FieldError[]>> = {
  Exact: (path, value) => plainPath(path, value),
  Prefix: (path, value) => plainPath(path, value),
  ImplementationSpecific: (path, value) => (value === '' ? [] : absolutePath(path, value)),
}

const absolutePath = (path: string, value: string): FieldError[] =>
  value.startsWith('/') ? [] : [invalidValue(path, value, 'must be an absolute path')]

const plainPath = (path: string, value: string): FieldError[] => [
  ...absolutePath(path, value),
  ...misleadingParts
    .filter((part) => value.includes(part))
    .map((part) => invalidValue(path, value, `must not contain '${part}'`)),
  ...misleadingEnds.filter((end) => value.endsWith(end)).map((end) => invalidValue(path, value, `cannot end with '${end}'`)),
]

const validatePath = (path: string, { pathType, path: value = '', backend }: HTTPIngressPath): FieldError[] => {
  if (!pathType && pathType !== '') return [requiredValue(`${path}.pathType`, 'pathType must be specified')]
  return [
    ...(pathRules[pathType]?.(`${path}.path`, value) ?? [
      notSupported(`${path}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']),
    ]),
    ...validateBackend(`${path}.backend`, backend ?? {}),
  ]
}

const validateRule = (path: string, { host, http }: IngressRule): FieldError[] => [
  ...(host ? [...notAnAddress(`${path}.host`, host), ...hostName(`${path}.host`, host)] : []),
  ...(http && !http.paths?.length ? [requiredValue(`${path}.http.paths`)] : []),
  ...(http ? each(`${path}.http.paths`, http.paths ?? [], validatePath) : []),
]

export const validateIngress = ({ spec }: Ingress): FieldError[] => {
  const { defaultBackend, rules, tls, ingressClassName } = spec
  return [
    ...(!rules?.length && !defaultBackend
      ? [invalidValue('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified')]
      : []),
    ...(defaultBackend ? validateBackend('spec.defaultBackend', defaultBackend) : []),
    ...each('spec.rules', rules ?? [], validateRule),
    ...each('spec.tls', tls ?? [], (path, { hosts, secretName }) => [
      ...each(`${path}.hosts`, hosts ?? [], hostName),
      ...optionalChecked(`${path}.secretName`, secretName, (name) => dns1123Subdomain(name)),
    ]),
    ...(ingressClassName === undefined
      ? []
      : checked('spec.ingressClassName', ingressClassName, (name) => dns1123Subdomain(name))),
  ]
}

/** Only a new one: older objects may say both. */
export const validateClassAnnotation = ({ metadata, spec }: Ingress): FieldError[] => {
  const annotation = metadata.annotations?.[classAnnotation]
  if (annotation === undefined || spec.ingressClassName === undefined || annotation === spec.ingressClassName) return []
  return [invalidValue(`annotations.${classAnnotation}`, annotation, 'must match `ingressClassName` when both are specified')]
}

export const validateIngressStatus = ({ status }: Ingress, { status: old }: Ingress): FieldError[] => {
  const known = new Set((old?.loadBalancer?.ingress ?? []).map(({ ip }) => ip))
  return each('status.loadBalancer.ingress', status?.loadBalancer?.ingress, (path, { ip, hostname }) => [
    ...(ip && !known.has(ip) ? validIP(`${path}.ip`, ip) : []),
    ...optionalChecked(`${path}.hostname`, hostname, (name) => dns1123Subdomain(name)),
    ...(hostname ? notAnAddress(`${path}.hostname`, hostname) : []),
  ])
}
