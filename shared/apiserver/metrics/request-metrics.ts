import { Buffer } from 'node:buffer'
import type { ObservedRequest, RequestObserver } from '../observer.ts'
import type { PathHandler } from '../paths.ts'
import type { RequestInfo, ResourceRequestInfo } from '../router.ts'
import { isOffered } from '../subresources/subresource.ts'
import { Count, Histogram, type MetricFamily, Reading } from './prometheus.ts'

/** upstream's */
const durations = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]
const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' }
const connects = new Set(['exec', 'attach', 'portforward', 'proxy'])

/** Requests in upstream's words, of this process. */
export const createRequestMetrics = (
  more: readonly MetricFamily[] = [],
): { readonly observer: RequestObserver; readonly path: PathHandler } => {
  const total = new Count(
    'apiserver_request_total',
    'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
  )
  const duration = new Histogram(
    'apiserver_request_duration_seconds',
    'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
    durations,
  )
  const longRunning = new Count(
    'apiserver_longrunning_requests',
    'Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
    'gauge',
  )
  const families: readonly MetricFamily[] = [total, duration, longRunning, ...more, ...processMetrics()]
  const seconds = ({ receivedMs }: ObservedRequest, atMs: number) => (atMs - receivedMs) / 1000
  /** Made once for all requests alike. */
  const known = new Map<string, { readonly count: (amount: number) => void; readonly observe: (seconds: number) => void }>()
  const seriesOf = (observed: ObservedRequest, status: number) => {
    const labels = labelsOf(observed)
    const { dry_run, group, resource, scope, subresource, verb, version } = labels
    const key = `${status}\0${verb}\0${resource}\0${group}\0${version}\0${subresource}\0${scope}\0${dry_run}`
    let series = known.get(key)
    if (!series) {
      series = { count: total.of({ ...labels, code: String(status) }), observe: duration.of(labels) }
      known.set(key, series)
    }
    return series
  }
  return {
    observer: {
      answered: (observed, { status, atMs, streams }) => {
        const series = seriesOf(observed, status)
        series.count(1)
        if (streams) longRunning.add(withoutDryRun(observed))
        else series.observe(seconds(observed, atMs))
      },
      ended: (observed, atMs) => {
        longRunning.add(withoutDryRun(observed), -1)
        duration.observe(labelsOf(observed), seconds(observed, atMs))
      },
    },
    path: ({ info }) => {
      if (info.path !== '/metrics') return undefined
      const text = `${families.flatMap((family) => family.lines()).join('\n')}\n`
      return {
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: Buffer.from(text),
      }
    },
  }
}

/** Paths and queries are for anybody to invent: only what is served has labels of its own. */
const labelsOf = ({ info, definition, request }: ObservedRequest) => {
  const resource = info.isResource && definition ? info : undefined
  return {
    component: 'apiserver',
    group: resource?.group ?? '',
    resource: resource?.resource ?? '',
    scope: resource ? scopeOf(resource) : '',
    subresource: info.isResource ? subresourceOf(resource?.subresource ?? '', definition) : pathOf(info.path),
    verb: verbOf(info, request.header('content-type')),
    version: resource?.version ?? '',
    dry_run: dryRunOf(request.query.getAll('dryRun')),
  }
}

const withoutDryRun = (observed: ObservedRequest) => {
  const { dry_run: _, ...labels } = labelsOf(observed)
  return labels
}

const dryRunOf = (values: readonly string[]): string => {
  if (values.length === 0) return ''
  return values.every((value) => value === 'All') ? 'All' : 'invalid'
}

const verbOf = (info: RequestInfo, contentType: string | undefined): string => {
  if (info.isResource && connects.has(info.subresource)) return 'CONNECT'
  if (info.verb === 'patch' && contentType?.startsWith('application/apply-patch')) return 'APPLY'
  return verbs[info.verb] ?? info.verb.toUpperCase()
}

const scopeOf = ({ name, verb, namespace }: ResourceRequestInfo): string => {
  if (name || verb === 'create') return 'resource'
  return namespace ? 'namespace' : 'cluster'
}

const subresourceOf = (subresource: string, definition: ObservedRequest['definition']): string =>
  isOffered(definition?.subresources ?? {}, subresource) ? subresource : ''

const served = new Set(['/healthz', '/livez', '/readyz', '/version', '/metrics', '/openapi/v2', '/openapi/v3', '/api', '/apis'])
const pathOf = (path: string): string => (served.has(path) ? path : '')

/** As every client library of Prometheus names them. */
const processMetrics = (): MetricFamily[] => [
  new Reading('process_resident_memory_bytes', 'Resident memory size in bytes.', { read: () => process.memoryUsage.rss() }),
  new Reading('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', {
    read: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    },
    type: 'counter',
  }),
  new Reading('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', {
    read: () => Date.now() / 1000 - process.uptime(),
  }),
]
