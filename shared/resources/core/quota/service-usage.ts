import { parseQuantity } from '../../../meta/quantity.ts'
import type { Service } from '../../resource.ts'
import type { QuotaEvaluator } from './evaluator.ts'

const names = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers']
const amount = (count: number) => parseQuantity(String(count))

/** Services by their type, which may change. Node ports are counted as they will be given. */
export const serviceUsage: QuotaEvaluator = {
  tracks: (name) => names.includes(name),
  usage: (object) => {
    const { type, ports = [], allocateLoadBalancerNodePorts } = (object as Service).spec
    const isBalanced = type === 'LoadBalancer'
    const asked = isBalanced && allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports
    return new Map([
      ['count/services', amount(1)],
      ['services', amount(1)],
      ['services.loadbalancers', amount(isBalanced ? 1 : 0)],
      ['services.nodeports', amount(isBalanced || type === 'NodePort' ? asked.length : 0)],
    ])
  },
  matchesScope: () => false,
  chargesUpdate: (subresource) => subresource === '',
  mayChangeUse: (object, old) => {
    const [now, before] = [(object as Service).spec, (old as Service).spec]
    return now.type !== before.type || (now.type !== 'ClusterIP' && now.type !== 'ExternalName')
  },
}
