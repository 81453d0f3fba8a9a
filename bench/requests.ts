import { Cluster } from '../test/e2e/cluster.ts'
import { ApiConnection } from './api-connection.ts'
import { type Measure, median, type Scenario, secondsSince } from './scenario.ts'

/** as many as the clients of the peers' load generator */
const inFlight = 16
const objects = 10_000
const gets = 20_000
const updates = 5000
const watchers = 10
const lists = 9
const path = '/api/v1/namespaces/bench/configmaps'

export const configMap = (index: number, round = 'first') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `object-${index}`, labels: { app: 'bench', shard: String(index % 16), round } },
    data: { text: 'x'.repeat(900) },
  })

export const requests: Scenario = {
  title: `Requests (${inFlight} in flight on one HTTP/2 connection, ConfigMaps of about 1 kB)`,
  async run(report) {
    const cluster = new Cluster({ runtime: 'simulated' })
    try {
      await cluster.start()
      await measureRequests(cluster.kubeconfig, report)
    } finally {
      await cluster.dispose()
    }
  },
}

export async function measureRequests(kubeconfig: string, report: (measure: Measure) => void): Promise<void> {
  for await (const measure of requestMeasures(kubeconfig)) report(measure)
}

/** One after the other, as they are asked for. Takes nothing but a kubeconfig, so that it measures any API server alike. */
export async function* requestMeasures(kubeconfig: string): AsyncGenerator<Measure> {
  const api = new ApiConnection(kubeconfig)
  try {
    await makeNamespace(api)
    yield await rate('create', objects, (index) => api.call('POST', path, configMap(index)))
    yield await rate('get', gets, (index) => api.call('GET', `${path}/object-${index % objects}`))
    yield await rate('update', updates, (index) => api.call('PUT', `${path}/object-${index}`, configMap(index, 'second')))
    yield { what: `list of ${objects}`, value: await listMilliseconds(api), unit: 'ms' }
    yield await rate('list a page of 500', 200, () => api.call('GET', `${path}?limit=500`), 4)
    yield await watched(kubeconfig, api)
    yield await rate('delete', objects, (index) => api.call('DELETE', `${path}/object-${index}`))
  } finally {
    await api.call('DELETE', '/api/v1/namespaces/bench')
    api.close()
  }
}

export const makeNamespace = (api: ApiConnection) =>
  api.call('POST', '/api/v1/namespaces', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } }))

/** The first, which warms up, is not counted. */
const listMilliseconds = async (api: ApiConnection): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round <= lists; round++) {
    const start = performance.now()
    await api.read(path)
    times.push(performance.now() - start)
  }
  return median(times.slice(1))
}

export async function rate(
  what: string,
  count: number,
  call: (index: number) => Promise<unknown>,
  width = inFlight,
): Promise<Measure> {
  let next = 0
  const work = async () => {
    while (next < count) await call(next++)
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: width }, work))
  return { what, value: count / secondsSince(start), unit: '1/s' }
}

/** Events that all watchers together were sent while objects changed as fast as they could. */
async function watched(kubeconfig: string, api: ApiConnection): Promise<Measure> {
  const changes = 3000
  const { metadata } = JSON.parse(String(await api.call('GET', `${path}?limit=1`))) as { metadata: { resourceVersion: string } }
  const watching = new ApiConnection(kubeconfig)
  let seen = 0
  const all = Promise.withResolvers<void>()
  const watches = Array.from({ length: watchers }, () =>
    watching.watch(`${path}?watch=true&resourceVersion=${metadata.resourceVersion}`, () => {
      seen++
      if (seen === changes * watchers) all.resolve()
    }),
  )
  const start = performance.now()
  await rate('update', changes, (index) => api.call('PUT', `${path}/object-${index}`, configMap(index, 'third')))
  await all.promise
  const value = (changes * watchers) / secondsSince(start)
  for (const watch of watches) watch.stop()
  watching.close()
  return { what: `watch, events to ${watchers} watchers`, value, unit: '1/s' }
}
