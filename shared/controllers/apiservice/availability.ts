import type { Cache, Index } from '../../client/cache.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { type FrontProxy, remoteHeaders } from '../../reach/front-proxy.ts'
import type { Reach } from '../../reach/reach.ts'
import {
  type APIService,
  type APIServiceCondition,
  availableOf,
  localCondition,
} from '../../resources/apiregistration/resource.ts'
import { apiServices, endpointSlices, services } from '../../resources/resource.ts'
import { type Controller, NotYet, watch } from '../controller.ts'
import { endpointsFinding, serviceFinding } from './findings.ts'

export interface ApiServiceAvailabilityOptions {
  readonly reach: Reach
  readonly frontProxy: FrontProxy
  /**
   * Health that no object tells of is looked at this often. Undefined: it costs, so it is not looked at while nothing happens. A check that
   * failed is made again with back-off, and whoever meets a server that is not as it is held to be has this controller look at it.
   */
  readonly lookAgainMs: number | undefined
}

export const availabilityName = 'apiservice-availability'
const answerWithinMs = 5000
const asker = { name: 'system:kube-aggregator', groups: ['system:masters'] }

const byService: Index<APIService> = {
  name: 'service',
  resource: apiServices,
  valuesOf: ({ spec: { service } }) => (service ? [`${service.namespace}/${service.name}`] : []),
}

/** What this server answers for itself is available from its first moment on. */
const isSettled = (service: APIService): boolean => {
  const { status, reason, message } = availableOf(service) ?? {}
  const local = localCondition('')
  return !service.spec.service && status === local.status && reason === local.reason && message === local.message
}

const ofService = (cache: Cache, namespace: string | undefined, name: string | undefined): string[] =>
  cache.byIndex(byService, `${namespace}/${name}`).map(({ metadata }) => metadata.name)

/** Says of each APIService whether its server can be asked. */
export const createApiServiceAvailability = (options: ApiServiceAvailabilityOptions): Controller => ({
  name: availabilityName,
  eventComponent: 'kube-apiserver',
  watches: [
    watch(apiServices, (object) => (object && !isSettled(object) ? [object.metadata.name] : [])),
    watch(services, (object, previous, cache) => {
      const { metadata } = (object ?? previous)!
      return ofService(cache, metadata.namespace, metadata.name)
    }),
    watch(endpointSlices, (object, previous, cache) => {
      const { metadata } = (object ?? previous)!
      return ofService(cache, metadata.namespace, metadata.labels?.['kubernetes.io/service-name'])
    }),
  ],
  reconcile: async (name, { cache, client, clock }) => {
    const service = cache.get(apiServices, '', name)
    if (!service) return
    const now = timestamp(clock.now())
    const found = service.spec.service ? await judge(service, cache, options) : localCondition(now)
    const before = availableOf(service)
    const condition: APIServiceCondition = {
      ...{ type: 'Available', lastTransitionTime: before?.status === found.status ? before.lastTransitionTime : now },
      ...{ status: found.status, reason: found.reason, message: found.message },
    }
    if (!jsonEqual(before, condition)) {
      const others = (service.status?.conditions ?? []).filter(({ type }) => type !== 'Available')
      try {
        const status = { ...service.status, conditions: [...others, condition] }
        await client.update(apiServices, { ...service, status }, { subresource: 'status' })
      } catch (error) {
        // It was changed meanwhile, or is gone: that brings it here again.
        if (!isReason(error, 'Conflict', 'NotFound')) throw error
      }
    }
    if (!service.spec.service) return
    if (options.lookAgainMs !== undefined) return { requeueAfter: options.lookAgainMs }
    if (found.reason === failedCheck) throw new NotYet(found.message)
  },
})

/** Of it no object tells. */
const failedCheck = 'FailedDiscoveryCheck'

type Finding = Pick<APIServiceCondition, 'status' | 'reason' | 'message'>

const judge = async (
  { spec }: APIService,
  cache: Cache,
  { reach, frontProxy }: ApiServiceAvailabilityOptions,
): Promise<Finding> => {
  const { namespace = '', name = '', port = 443 } = spec.service!
  const service = cache.get(services, namespace, name)
  const slices = cache
    .list(endpointSlices, namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
  const found =
    serviceFinding(service, { namespace, name, port }) ?? endpointsFinding(service!, slices, { namespace, name, port })
  if (found) return found
  const { group = '', version = '' } = spec
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const shown = `https://${name}.${namespace}.svc:${port}${path}`
  const client = await frontProxy.identity()
  try {
    const answer = await reach.request(
      { service: { namespace, name, port } },
      {
        ...{ method: 'GET', path, headers: { accept: 'application/json', ...remoteHeaders(asker) } },
        // Whoever answers there, answers: who may be believed is told when it is asked for somebody.
        tls: { serverName: `${name}.${namespace}.svc`, insecure: true, client },
        signal: AbortSignal.timeout(answerWithinMs),
      },
    )
    answer.body.destroy()
    if (answer.status < 200 || answer.status >= 300) throw new Error(`bad status from ${shown}: ${answer.status}`)
  } catch (error) {
    return {
      status: 'False',
      reason: failedCheck,
      message: `failing or missing response from ${shown}: ${(error as Error).message}`,
    }
  }
  return { status: 'True', reason: 'Passed', message: 'all checks passed' }
}
