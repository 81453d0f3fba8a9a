import { type Controller, type ReconcileContext, type ReconcileResult, watch } from '../controllers/controller.ts'
import { keyOf, ownKey, splitKey } from '../controllers/key.ts'
import { semanticallyEqual } from '../controllers/semantic-equality.ts'
import { instanceOf } from '../node-group/membership.ts'
import { type Node, nodes, type Service, services } from '../resources/resource.ts'
import { LoadBalancerRefused, type LoadBalancers, type ServiceIdentity } from './load-balancers.ts'
import { isBalanced, wantedOf } from './wanted.ts'

/** upstream's: a Service stays until what was made for it is gone */
export const cleanupFinalizer = 'service.kubernetes.io/load-balancer-cleanup'
/** what is going takes seconds to minutes */
const againMs = 15_000

/** Gives each Service of type LoadBalancer a load balancer over all nodes, and its name. Keys: `namespace/name`. */
export const createLoadBalancerController = (loadBalancers: LoadBalancers): Controller => ({
  name: 'service',
  watches: [
    watch(services, ownKey),
    watch(nodes, (node, previous, cache) =>
      targetOf(node) === targetOf(previous) ? [] : cache.list(services).filter(isWanted).map(keyOf),
    ),
  ],
  reconcile: async (key, context) => {
    const { namespace, name } = splitKey(key)
    const service = context.cache.get(services, namespace, name)
    // Others look after those of a class.
    if (!service || service.spec.loadBalancerClass) return undefined
    if (isWanted(service)) return ensure(service, loadBalancers, context)
    return hasFinalizer(service) ? remove(service, loadBalancers, context) : undefined
  },
})

const isWanted = ({ spec, metadata }: Service) => spec.type === 'LoadBalancer' && !metadata.deletionTimestamp
const hasFinalizer = ({ metadata }: Service) => metadata.finalizers?.includes(cleanupFinalizer) ?? false
/** A node as load balancers see it. */
const targetOf = (node: Node | undefined) => (node && isBalanced(node) ? instanceOf(node) : undefined)
const identityOf = ({ metadata: { namespace = '', name, uid = '' } }: Service): ServiceIdentity => ({ namespace, name, uid })

const ensure = async (service: Service, loadBalancers: LoadBalancers, context: ReconcileContext): Promise<ReconcileResult> => {
  const { cache, client, events } = context
  // Before anything is made: whoever dies in between finds it again.
  const marked = hasFinalizer(service) ? service : await client.update(services, withFinalizers(service, add))
  const isNew = !service.status?.loadBalancer?.ingress?.length
  if (isNew) await events.record(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  let hostname: string
  try {
    ;({ hostname } = await loadBalancers.ensure(wantedOf(marked, cache.list(nodes))))
  } catch (error) {
    await tellFailure(service, `failed to ensure load balancer: ${textOf(error)}`, context)
    // Asking again does not help: the Service has to change.
    if (error instanceof LoadBalancerRefused) return undefined
    throw error
  }
  await writeStatus(marked, { ingress: [{ hostname }] }, context)
  if (isNew) await events.record(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  return undefined
}

const remove = async (service: Service, loadBalancers: LoadBalancers, context: ReconcileContext): Promise<ReconcileResult> => {
  const { client, events } = context
  await events.record(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
  try {
    if (!(await loadBalancers.remove(identityOf(service)))) return { requeueAfter: againMs }
  } catch (error) {
    await tellFailure(service, `failed to delete load balancer: ${textOf(error)}`, context)
    throw error
  }
  const left = service.metadata.deletionTimestamp ? service : await writeStatus(service, {}, context)
  await client.update(services, withFinalizers(left, drop))
  await events.record(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
  return undefined
}

const tellFailure = (service: Service, what: string, { events }: ReconcileContext) =>
  events.record(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${what}`)

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const add = (finalizers: readonly string[]) => [...finalizers, cleanupFinalizer]
const drop = (finalizers: readonly string[]) => finalizers.filter((each) => each !== cleanupFinalizer)

const withFinalizers = (service: Service, change: (finalizers: readonly string[]) => string[]): Service => ({
  ...service,
  metadata: { ...service.metadata, finalizers: change(service.metadata.finalizers ?? []) },
})

const writeStatus = async (
  service: Service,
  loadBalancer: NonNullable<NonNullable<Service['status']>['loadBalancer']>,
  { client }: ReconcileContext,
): Promise<Service> =>
  semanticallyEqual(service.status?.loadBalancer ?? {}, loadBalancer)
    ? service
    : client.update(services, { ...service, status: { ...service.status, loadBalancer } }, { subresource: 'status' })
