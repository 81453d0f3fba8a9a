import { labelSelectorText } from '../../meta/label-selector.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { NetworkPolicy } from '../resource.ts'
import { networkPolicyWarnings, validateNetworkPolicy } from './networkpolicy-validation.ts'

export const networkPolicy = define<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  shortNames: ['netpol'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  rechecksNames: [''],
  hasGeneration: true,
  default: (object) => {
    const { spec } = object
    spec.podSelector ??= {}
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
    for (const { ports = [] } of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of ports) port.protocol ??= 'TCP'
  },
  validate: validateNetworkPolicy,
  // upstream finds everything twice then
  validateUpdate: validateNetworkPolicy,
  warnings: networkPolicyWarnings,
  columns: [
    text(
      'Pod-Selector',
      'Selects the pods to which this NetworkPolicy object applies.  The array of ingress rules is applied to any pods selected by this field. Multiple network policies can select the same set of pods.  In this case, the ingress rules for each are combined additively. This field is NOT optional and follows standard label selector semantics. An empty podSelector matches all pods in this namespace.',
      ({ spec }) => labelSelectorText(spec.podSelector) || '<none>',
    ),
    age,
  ],
})
