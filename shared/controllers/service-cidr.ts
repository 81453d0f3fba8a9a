import type { Cache } from '../client/cache.ts'
import { contains, parseAddress, parseRange } from '../meta/ipv4.ts'
import { isReason } from '../meta/status.ts'
import { timestamp } from '../platform/clock.ts'
import type { Condition } from '../resources/generated/types.ts'
import { ipAddresses, type ServiceCIDR, serviceCIDRs } from '../resources/resource.ts'
import { type Controller, type ReconcileContext, watch } from './controller.ts'
import { createMissing } from './namespace-content.ts'

const name = 'kubernetes'
const finalizer = 'networking.k8s.io/service-cidr-finalizer'
const allocatedLabel = 'ipaddress.kubernetes.io/managed-by'
/** An allocator may not have seen the deletion yet. */
const deletionGraceMs = 10_000

/** Keeps the ServiceCIDR that says out of which range Services get their addresses. Others are only stored: nothing is allocated out of them. */
export const createServiceCidrController = ({ serviceCIDR: range }: { serviceCIDR: string }): Controller => ({
  name: 'service-cidr',
  initialKeys: [name],
  watches: [
    watch(serviceCIDRs, (object, previous) => ((object ?? previous)?.metadata.name === name ? [name] : [])),
    watch(ipAddresses, (object, _previous, cache) =>
      !object && cache.get(serviceCIDRs, '', name)?.metadata.deletionTimestamp ? [name] : [],
    ),
  ],
  reconcile: async (_key, context) => {
    const { cache, client, events } = context
    const existing = cache.get(serviceCIDRs, '', name)
    if (!existing) {
      const metadata = { name, finalizers: [finalizer] }
      const spec = { cidrs: [range] }
      await createMissing(client, serviceCIDRs, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata, spec })
      return undefined
    }
    if (existing.metadata.deletionTimestamp) return end(existing, context)
    if (!existing.metadata.finalizers?.includes(finalizer)) {
      await setFinalizers(existing, [...(existing.metadata.finalizers ?? []), finalizer], context)
    }
    const { cidrs = [] } = existing.spec
    if (cidrs.join() !== range) {
      const message = `The default ServiceCIDR [${cidrs.join(' ')}] does not match the controller flag configurations [${range}]`
      await events.record(existing, 'Warning', 'KubernetesDefaultServiceCIDRInconsistent', message)
      return undefined
    }
    await setReady(existing, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }, context)
    return undefined
  },
})

/** Its addresses would belong to nobody: it stays until they are free. */
const end = async (cidr: ServiceCIDR, context: ReconcileContext): Promise<{ requeueAfter: number } | undefined> => {
  const { finalizers = [], deletionTimestamp = '' } = cidr.metadata
  if (!finalizers.includes(finalizer)) return undefined
  if (hasAddresses(cidr, context.cache)) {
    const message = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR'
    await setReady(cidr, { status: 'False', reason: 'Terminating', message }, context)
    return undefined
  }
  const leftMs = Date.parse(deletionTimestamp) + deletionGraceMs - context.clock.now()
  if (leftMs > 0) return { requeueAfter: leftMs }
  const others = finalizers.filter((each) => each !== finalizer)
  await setFinalizers(cidr, others, context)
  return undefined
}

const hasAddresses = ({ spec: { cidrs = [] } }: ServiceCIDR, cache: Cache): boolean => {
  const ranges = cidrs.filter((cidr) => !cidr.includes(':')).map(parseRange)
  return cache.list(ipAddresses).some(({ metadata }) => {
    const address = parseAddress(metadata.name)
    return address !== undefined && allocatedLabel in (metadata.labels ?? {}) && ranges.some((range) => contains(range, address))
  })
}

const setFinalizers = async (
  { metadata: { uid, resourceVersion } }: ServiceCIDR,
  finalizers: readonly string[],
  { client }: ReconcileContext,
): Promise<void> => {
  try {
    await client.patch(serviceCIDRs, '', name, { type: 'merge', body: { metadata: { uid, resourceVersion, finalizers } } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}

const setReady = async (
  cidr: ServiceCIDR,
  wanted: Pick<Condition, 'status' | 'reason' | 'message'>,
  { client, clock, events }: ReconcileContext,
): Promise<void> => {
  const { conditions = [] } = cidr.status ?? {}
  const before = conditions.find(({ type }) => type === 'Ready')
  if (before?.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message) return
  const ready = { type: 'Ready', ...wanted, lastTransitionTime: timestamp(clock.now()) }
  const body = { status: { conditions: [...conditions.filter(({ type }) => type !== 'Ready'), ready] } }
  try {
    await client.patch(serviceCIDRs, '', name, { type: 'merge', body }, { subresource: 'status' })
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    const message = 'The ServiceCIDR Status can not be set to Ready=True'
    await events.record(cidr, 'Warning', 'KubernetesServiceCIDRError', message)
    throw error
  }
}
