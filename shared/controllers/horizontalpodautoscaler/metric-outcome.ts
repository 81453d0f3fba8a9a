import { formatQuantity, type Quantity, toMillis } from '../../meta/quantity.ts'
import type {
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../../resources/generated/types.ts'
import type { MetricsClient } from './metrics-client.ts'
import { byAverage, byShare, byUtilization, byValue, type Proposal, type Surroundings } from './replicas.ts'
import { MetricFailure } from './samples.ts'
import { selectorAsGo, selectorOfMetric } from './selector-text.ts'

/** What one of an autoscaler's metrics comes to. */
export type MetricOutcome =
  | { readonly replicas: number; readonly metric: string; readonly status: V2MetricStatus }
  /** `reason` and `why` of an Event and a condition; `told` in the list of all that failed */
  | { readonly reason: string; readonly why: string; readonly told: string }

export interface MetricInput {
  readonly namespace: string
  /** of the target's pods, as text */
  readonly selector: string
  readonly around: Surroundings
  readonly metrics: MetricsClient
  /** `deployments.apps` of a kind. Throws MetricFailure. */
  readonly qualifiedResource: (apiVersion: string, kind: string) => string
}

/** Never rejects for what a user has written or a metrics API says. */
export const metricOutcome = async (spec: V2MetricSpec, input: MetricInput): Promise<MetricOutcome> => {
  const { type, resource, containerResource, pods, object, external } = spec
  if (type === 'Resource' && resource)
    return ofResource({ ...resource, container: '' }, input, (current) => ({ type, resource: { name: resource.name, current } }))
  if (type === 'ContainerResource' && containerResource) {
    const { name, container } = containerResource
    return ofResource(containerResource, input, (current) => ({ type, containerResource: { name, container, current } }))
  }
  if (type === 'Pods' && pods) return ofPods(pods, input)
  if (type === 'Object' && object) return ofObject(object, input)
  if (type === 'External' && external) return ofExternal(external, input)
  const why = `unknown metric source type ${JSON.stringify(type)}`
  return { reason: 'InvalidMetricSourceType', why, told: why }
}

const largestInt64 = 2n ** 63n - 1n

const milliQuantity = (milli: number, format: Quantity['format'] = 'DecimalSI'): string => {
  const whole = BigInt(Math.trunc(milli))
  return formatQuantity({ nano: (whole > largestInt64 ? largestInt64 : whole) * 1_000_000n, format })
}

interface Attempt {
  readonly reason: string
  readonly told: (why: string) => string
  readonly run: () => Promise<MetricOutcome>
}

const attempt = async ({ reason, told, run }: Attempt): Promise<MetricOutcome> => {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof MetricFailure)) throw error
    return { reason, why: error.message, told: told(error.message) }
  }
}

/** Says what failed in front of why. */
const within = async <T>(words: (why: string) => string, run: () => Promise<T> | T): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    throw error instanceof MetricFailure ? new MetricFailure(words(error.message)) : error
  }
}

const ofResource = (
  { name, container, target }: { name: string; container: string; target: V2MetricTarget },
  { namespace, selector, around, metrics }: MetricInput,
  statusOf: (current: V2MetricValueStatus) => V2MetricStatus,
): Promise<MetricOutcome> => {
  const samples = () =>
    within(
      (why) => `unable to get metrics for resource ${name}: ${why}`,
      () => metrics.resource({ namespace, selector, resource: name, container }),
    )
  const averageValue = ({ usageMilli }: Proposal) => milliQuantity(usageMilli, name === 'memory' ? 'BinarySI' : 'DecimalSI')
  return attempt({
    reason: container === '' ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric',
    told: (why) =>
      container === ''
        ? `failed to get ${name} resource metric value: ${why}`
        : `failed to get ${container} container metric value: ${why}`,
    run: async () => {
      if (target.averageValue !== undefined) {
        const targetMilli = toMillis(target.averageValue)
        const proposal = await within(
          (why) => `failed to get ${name} usage: ${why}`,
          async () => byAverage(await samples(), { targetMilli, resource: name }, around),
        )
        const status = statusOf({ averageValue: averageValue(proposal) })
        return { replicas: proposal.replicas, metric: `${name} resource`, status }
      }
      const percent = target.averageUtilization
      if (percent === undefined)
        throw new MetricFailure(
          'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
        )
      const proposal = await within(
        (why) => `failed to get ${name} utilization: ${why}`,
        async () => byUtilization(await samples(), { target: percent, resource: name, container }, around),
      )
      return {
        replicas: proposal.replicas,
        metric: `${name}${container === '' ? '' : ' container'} resource utilization (percentage of request)`,
        status: statusOf({ averageUtilization: proposal.utilization, averageValue: averageValue(proposal) }),
      }
    },
  })
}

const identifierOf = ({ name, selector }: V2MetricIdentifier): V2MetricIdentifier => ({ name, selector })

const ofPods = (
  { metric, target }: NonNullable<V2MetricSpec['pods']>,
  { namespace, selector, around, metrics }: MetricInput,
): Promise<MetricOutcome> =>
  attempt({
    reason: 'FailedGetPodsMetric',
    told: (why) => `failed to get pods metric value: ${why}`,
    run: async () => {
      const query = { namespace, selector, metric: metric.name, metricSelector: selectorOfMetric(metric.selector) }
      const samples = await within(
        (why) => `unable to get metric ${metric.name}: ${why}`,
        () => metrics.pods(query),
      )
      const { replicas, usageMilli } = byAverage(samples, { targetMilli: toMillis(target.averageValue ?? '0') }, around)
      const pods = { metric: identifierOf(metric), current: { averageValue: milliQuantity(usageMilli) } }
      return { replicas, metric: `pods metric ${metric.name}`, status: { type: 'Pods', pods } }
    },
  })

const ofObject = (
  { metric, target, describedObject }: NonNullable<V2MetricSpec['object']>,
  { namespace, around, metrics, qualifiedResource }: MetricInput,
): Promise<MetricOutcome> => {
  const { apiVersion = '', kind, name } = describedObject
  const value = () =>
    within(
      (why) => `unable to get metric ${metric.name}: ${why} on ${kind} ${namespace}/${name}`,
      () => {
        const metricSelector = selectorOfMetric(metric.selector)
        const isNamespace = kind === 'Namespace' && !apiVersion.includes('/')
        const resource = isNamespace ? 'namespaces' : qualifiedResource(apiVersion, kind)
        return metrics.object({ namespace, metric: metric.name, metricSelector, isNamespace, name, qualifiedResource: resource })
      },
    )
  const statusOf = (current: V2MetricValueStatus): V2MetricStatus => ({
    type: 'Object',
    object: { describedObject, metric: identifierOf(metric), current },
  })
  const isShare = target.type === 'AverageValue'
  return attempt({
    reason: 'FailedGetObjectMetric',
    told: (why) => `failed to get object metric value: ${isShare ? `failed to get ${metric.name} object metric: ` : ''}${why}`,
    run: async () => {
      if (target.type === 'Value' && target.value !== undefined) {
        const { replicas, usageMilli } = byValue(await value(), toMillis(target.value), around)
        return { replicas, metric: `${kind} metric ${metric.name}`, status: statusOf({ value: milliQuantity(usageMilli) }) }
      }
      if (isShare && target.averageValue !== undefined) {
        const { replicas, usageMilli } = byShare(await value(), toMillis(target.averageValue), around)
        const named = `external metric ${metric.name}(${selectorAsGo(metric.selector)})`
        return { replicas, metric: named, status: statusOf({ averageValue: milliQuantity(usageMilli) }) }
      }
      throw new MetricFailure('invalid object metric source: neither a value target nor an average value target was set')
    },
  })
}

const ofExternal = (
  { metric, target }: NonNullable<V2MetricSpec['external']>,
  { namespace, around, metrics }: MetricInput,
): Promise<MetricOutcome> => {
  const { name } = metric
  const sum = () =>
    within(
      (why) => `unable to get external metric ${namespace}/${name}/${selectorAsGo(metric.selector)}: ${why}`,
      async () => {
        const values = await metrics.external({ namespace, metric: name, metricSelector: selectorOfMetric(metric.selector) })
        return Math.min(
          values.reduce((a, b) => a + b, 0),
          2 ** 63,
        )
      },
    )
  const named = `external metric ${name}(${selectorAsGo(metric.selector)})`
  const isShare = target.averageValue !== undefined
  const statusOf = (current: V2MetricValueStatus): V2MetricStatus => ({
    type: 'External',
    external: { metric: identifierOf(metric), current },
  })
  return attempt({
    reason: 'FailedGetExternalMetric',
    told: (why) =>
      `failed to get ${name} external metric value: ${isShare ? `failed to get ${name} external metric` : `failed to get external metric ${name}`}: ${why}`,
    run: async () => {
      if (target.averageValue !== undefined) {
        const { replicas, usageMilli } = byShare(await sum(), toMillis(target.averageValue), around)
        return { replicas, metric: named, status: statusOf({ averageValue: milliQuantity(usageMilli) }) }
      }
      if (target.value !== undefined) {
        const { replicas, usageMilli } = byValue(await sum(), toMillis(target.value), around)
        return { replicas, metric: named, status: statusOf({ value: milliQuantity(usageMilli) }) }
      }
      throw new MetricFailure('invalid external metric source: neither a value target nor an average value target was set')
    },
  })
}
