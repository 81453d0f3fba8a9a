import { Buffer } from 'node:buffer'
import type { ObservedRequest, RequestObserver } from '../observer.ts'
import type { PathHandler } from '../paths.ts'
import type { RequestInfo } from '../router.ts'
import { Count, Histogram, type MetricFamily, Reading } from './prometheus.ts'

/** upstream's */
const durations = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60]
const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' }
const connects = new Set(['exec', 'attach', 'portforward', 'proxy'])

/** Requests in upstream's words, of this process. */
export const createRequestMetrics = (): { readonly observer: RequestObserver; readonly path: PathHandler } => {
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
  const families: readonly MetricFamily[] = [total, duration, longRunning, ...processMetrics()]
  const seconds = ({ receivedMs }: ObservedRequest, atMs: number) => (atMs - receivedMs) / 1000
  return {
    observer: {
      answered: (observed, { status, atMs, streams }) => {
        const { dry_run, ...labels } = labelsOf(observed)
        total.add({ ...labels, dry_run, code: String(status) })
        if (streams) longRunning.add(labels)
        else duration.observe({ ...labels, dry_run }, seconds(observed, atMs))
      },
      ended: (observed, atMs) => {
        const { dry_run, ...labels } = labelsOf(observed)
        longRunning.add(labels, -1)
        duration.observe({ ...labels, dry_run }, seconds(observed, atMs))
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

const labelsOf = ({ info, request }: ObservedRequest) => ({
  component: 'apiserver',
  dry_run: request.query.get('dryRun') ?? '',
  group: info.isResource ? info.group : '',
  resource: info.isResource ? info.resource : '',
  scope: scopeOf(info),
  subresource: info.isResource ? info.subresource : subresourceOf(info.path),
  verb: verbOf(info, request.header('content-type')),
  version: info.isResource ? info.version : '',
})

const verbOf = (info: RequestInfo, contentType: string | undefined): string => {
  if (info.isResource && connects.has(info.subresource)) return 'CONNECT'
  if (info.verb === 'patch' && contentType?.startsWith('application/apply-patch')) return 'APPLY'
  return verbs[info.verb] ?? info.verb.toUpperCase()
}

const scopeOf = (info: RequestInfo): string => {
  if (!info.isResource) return ''
  if (info.name || info.verb === 'create') return 'resource'
  return info.namespace ? 'namespace' : 'cluster'
}

/** Paths are for anybody to invent: only those that are served have a label of their own. */
const served = new Set(['/healthz', '/livez', '/readyz', '/version', '/metrics', '/openapi/v2', '/openapi/v3', '/api', '/apis'])
const subresourceOf = (path: string): string => (served.has(path) ? path : '')

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
