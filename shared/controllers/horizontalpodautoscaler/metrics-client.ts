import type { Client } from '../../client/client.ts'
import { parseQuantityValue, type Quantity } from '../../meta/quantity.ts'
import { ApiError } from '../../meta/status.ts'
import { type PodMetrics, podMetrics } from '../../resources/resource.ts'
import { MetricFailure, type PodSample, type PodSamples } from './samples.ts'

/** What metrics APIs say. Everything rejects with MetricFailure, in upstream's words. */
export interface MetricsClient {
  /** `container`: '' for whole pods */
  resource(query: { namespace: string; selector: string; resource: string; container: string }): Promise<PodSamples>
  pods(query: MetricQuery & { selector: string }): Promise<PodSamples>
  /** of the object whose resource's name is `deployments.apps` */
  object(query: MetricQuery & { qualifiedResource: string; name: string; isNamespace: boolean }): Promise<number>
  external(query: MetricQuery): Promise<number[]>
}

export interface MetricQuery {
  readonly namespace: string
  readonly metric: string
  /** of the metric's own labels, as text */
  readonly metricSelector: string
}

interface MetricValue {
  readonly describedObject?: { readonly name?: string }
  readonly timestamp?: string
  readonly value: string | number
  readonly windowSeconds?: number
  /** of v1beta1 */
  readonly window?: number
}

interface MetricValueList {
  readonly items?: readonly MetricValue[]
}

const customGroup = 'custom.metrics.k8s.io'
const externalGroup = 'external.metrics.k8s.io'
const knownVersions = ['v1beta2', 'v1beta1'].map((version) => `${customGroup}/${version}`)
const usualWindowMs = 60_000
const largestInt64 = 2n ** 63n - 1n

export const createMetricsClient = (client: Client): MetricsClient => {
  const ask = async <T>(what: string, url: string, resource: string): Promise<T> => {
    try {
      return (await client.read(url)) as T
    } catch (error) {
      throw new MetricFailure(`unable to fetch metrics from ${what} metrics API: ${asClientSays(error, resource)}`)
    }
  }
  const custom = async (path: string, query: Record<string, string>, resource: string): Promise<readonly MetricValue[]> => {
    const version = await preferredVersion(client)
    const url = `/apis/${version}/${path}${textOf(query)}`
    return (await ask<MetricValueList>('custom', url, `${resource}.${customGroup}`)).items ?? []
  }
  return {
    resource: async ({ namespace, selector, resource, container }) => {
      const items = await listPodMetrics(client, namespace, selector)
      if (items.length === 0) throw new MetricFailure('no metrics returned from resource metrics API')
      return new Map(items.map((item) => sampleOf(item, resource, container)).filter((one) => one !== undefined))
    },
    pods: async ({ namespace, selector, metric, metricSelector }) => {
      const path = `namespaces/${namespace}/pods/*/${metric}`
      const items = await custom(path, { labelSelector: selector, metricLabelSelector: metricSelector }, 'pods')
      if (items.length === 0) throw new MetricFailure('no metrics returned from custom metrics API')
      return new Map(items.map((item) => [item.describedObject?.name ?? '', customSample(item)]))
    },
    object: async ({ namespace, qualifiedResource, name, isNamespace, metric, metricSelector }) => {
      const path = isNamespace
        ? `namespaces/${namespace}/metrics/${metric}`
        : `namespaces/${namespace}/${qualifiedResource}/${name}/${metric}`
      const items = await custom(path, { metricLabelSelector: metricSelector }, isNamespace ? 'metrics' : qualifiedResource)
      if (items.length !== 1) {
        const text = `the custom metrics API server returned ${items.length} results when we asked for exactly one`
        throw new MetricFailure(`unable to fetch metrics from custom metrics API: ${text}`)
      }
      return milliOf(items[0]!.value)
    },
    external: async ({ namespace, metric, metricSelector }) => {
      const url = `/apis/${externalGroup}/v1beta1/namespaces/${namespace}/${metric}${textOf({ labelSelector: metricSelector })}`
      const { items = [] } = await ask<MetricValueList>('external', url, `${metric}.${externalGroup}`)
      if (items.length === 0) throw new MetricFailure('no metrics returned from external metrics API')
      return items.map(({ value }) => milliOf(value))
    },
  }
}

const listPodMetrics = async (client: Client, namespace: string, labelSelector: string): Promise<readonly PodMetrics[]> => {
  try {
    return (await client.list(podMetrics, { namespace, labelSelector })).items
  } catch (error) {
    const said = asClientSays(error, 'pods.metrics.k8s.io')
    throw new MetricFailure(`unable to fetch metrics from resource metrics API: ${said}`)
  }
}

/** undefined: it says nothing of that */
const sampleOf = (
  { metadata, timestamp, window, containers }: PodMetrics,
  resource: string,
  container: string,
): [string, PodSample] | undefined => {
  const wanted = containers.filter(({ name }) => container === '' || name === container)
  const values = wanted.map(({ usage }) => usage[resource])
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined
  const milli = values.reduce((sum, value) => sum + milliOf(value!), 0)
  return [metadata.name, { milli, atMs: Date.parse(timestamp), windowMs: durationMs(window) }]
}

const customSample = ({ value, timestamp, windowSeconds, window }: MetricValue): PodSample => ({
  milli: milliOf(value),
  atMs: Date.parse(timestamp ?? '') || 0,
  windowMs: (windowSeconds ?? window ?? usualWindowMs / 1000) * 1000,
})

/** Rounded up, and no more than a quantity holds. */
const milliOf = (value: string | number): number => {
  const { nano }: Quantity = parseQuantityValue(value)
  const milli = nano / 1_000_000n + (nano % 1_000_000n > 0n ? 1n : 0n)
  return Number(milli > largestInt64 ? largestInt64 : milli)
}

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, µs: 1e-3, us: 1e-3, ns: 1e-6 }

/** Of Go's durations: `1m30.5s`. */
const durationMs = (text: string): number =>
  [...text.matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * unitsMs[unit!]!, 0)

const preferredVersion = async (client: Client): Promise<string> => {
  let group: { preferredVersion?: { groupVersion: string }; versions?: { groupVersion: string }[] }
  try {
    group = (await client.read(`/apis/${customGroup}`)) as typeof group
  } catch (error) {
    const missing = error instanceof ApiError && error.code === 404
    const said = missing ? `no custom metrics API (${customGroup}) registered` : asClientSays(error, customGroup)
    throw new MetricFailure(`unable to fetch metrics from custom metrics API: ${said}`)
  }
  const all = [group.preferredVersion, ...(group.versions ?? [])].map((one) => one?.groupVersion ?? '')
  const version = all.find((one) => knownVersions.includes(one))
  if (version === undefined)
    throw new MetricFailure('unable to fetch metrics from custom metrics API: no known available metric versions found')
  return version
}

const textOf = (query: Record<string, string>): string => {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

const generic: Readonly<Record<number, string>> = {
  404: 'the server could not find the requested resource',
  503: 'the server is currently unable to handle the request',
}

/** As upstream's clients tell of what is no Status of Kubernetes'. */
const asClientSays = (error: unknown, resource: string): string => {
  if (!(error instanceof ApiError)) return (error as Error).message
  const isStatus = error.cause === undefined
  const text = generic[error.code]
  return text !== undefined && (!isStatus || error.message === text || error.code === 404)
    ? `${text} (get ${resource})`
    : error.message
}
