import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { Ingress } from '../resource.ts'
import { ipWarnings } from '../validation/ip.ts'
import { classAnnotation, validateClassAnnotation, validateIngress, validateIngressStatus } from './ingress-validation.ts'

const shownHosts = 3

const hosts = ({ spec: { rules = [] } }: Ingress): string => {
  const named = rules.flatMap(({ host }, index) => (host ? [{ host, index }] : [])).slice(0, shownHosts)
  const shown = named.map(({ host }) => host).join(',') || '*'
  const last = named[shownHosts - 1]?.index ?? rules.length
  return last < rules.length - 1 ? `${shown} + ${rules.length - shownHosts} more...` : shown
}

const addresses = ({ status }: Ingress): string =>
  [...new Set((status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []))].sort().join(',')

export const ingress = define<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  singular: 'ingress',
  shortNames: ['ing'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.Ingress',
  rechecksNames: [''],
  subresources: { status: true },
  hasGeneration: true,
  prepareForCreate: (object) => {
    delete object.status
  },
  validate: validateIngress,
  validateCreate: validateClassAnnotation,
  validateStatusUpdate: validateIngressStatus,
  warnings: ({ metadata, spec }, old) =>
    !old && metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName === undefined
      ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  statusWarnings: ({ status }) =>
    (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, index) =>
      ip ? ipWarnings(`status.loadBalancer.ingress[${index}]`, ip) : [],
    ),
  columns: [
    text(
      'Class',
      'The name of the IngressClass resource that should be used for additional configuration',
      ({ spec }) => spec.ingressClassName ?? '<none>',
    ),
    text('Hosts', 'Hosts that incoming requests are matched against before the ingress rule', hosts),
    text('Address', 'Address is a list containing ingress points for the load-balancer', addresses),
    text('Ports', 'Ports of TLS configurations that open', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    age,
  ],
})
