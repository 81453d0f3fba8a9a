import { type Service, services } from '../resources/resource.ts'
import { type Controller, watch } from './controller.ts'
import { ownKey, splitKey } from './key.ts'
import { semanticallyEqual } from './semantic-equality.ts'

export interface ServiceLoadBalancerOptions {
  /** of the machine, as they are now */
  readonly addresses: () => readonly string[]
  /** how often they are looked at; undefined: they do not change */
  readonly lookEveryMs?: number | undefined
}

/** Gives Services of type LoadBalancer the addresses of the machine itself, where every node answers for them. */
export const createServiceLoadBalancerController = ({ addresses, lookEveryMs }: ServiceLoadBalancerOptions): Controller => ({
  name: 'service',
  watches: [watch(services, ownKey)],
  reconcile: async (key, { cache, client, events }) => {
    const { namespace, name } = splitKey(key)
    const service = cache.get(services, namespace, name)
    if (!service || service.metadata.deletionTimestamp || service.spec.loadBalancerClass) return
    const wanted = isBalanced(service) ? addresses().map((ip) => ({ ip, ipMode: 'VIP' })) : []
    const before = service.status?.loadBalancer?.ingress ?? []
    const again = wanted.length ? { requeueAfter: lookEveryMs } : undefined
    if (semanticallyEqual(before, wanted)) return again
    const loadBalancer = wanted.length ? { ingress: wanted } : {}
    if (wanted.length) await events.record(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
    else await events.record(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
    await client.update(services, { ...service, status: { ...service.status, loadBalancer } }, { subresource: 'status' })
    if (wanted.length) await events.record(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
    else await events.record(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
    return again
  },
})

const isBalanced = ({ spec }: Service) => spec.type === 'LoadBalancer'
