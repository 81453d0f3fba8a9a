import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from '../test/e2e/cluster.ts'
import { ApiConnection } from './api-connection.ts'
import { configMap, makeNamespace } from './requests.ts'
import { type Measure, quantile, type Scenario } from './scenario.ts'

const watchers = 1000
/** as clients of one machine share theirs; an API server lets so many streams be on one */
const connections = 20
const writesPerSecond = 200
const seconds = 5
const path = '/api/v1/namespaces/bench/configmaps'

export const watchFanOut: Scenario = {
  title: `From the request of a create to its event at each of ${watchers} watchers, ${writesPerSecond} creates a second (aim: 99 % under 50 ms)`,
  async run(report) {
    const cluster = new Cluster({ runtime: 'simulated' })
    try {
      await cluster.start()
      await measureFanOut(cluster.kubeconfig, report)
    } finally {
      await cluster.dispose()
    }
  },
}

async function measureFanOut(kubeconfig: string, report: (measure: Measure) => void): Promise<void> {
  const api = new ApiConnection(kubeconfig)
  await makeNamespace(api)
  const { metadata } = JSON.parse(String(await api.call('GET', `${path}?limit=1`))) as { metadata: { resourceVersion: string } }
  const sent: number[] = []
  const latencies: number[] = []
  const expected = watchers * writesPerSecond * seconds
  const all = Promise.withResolvers<void>()
  const name = /"name":"object-(\d+)"/
  const onLine = (line: string) => {
    const index = Number(name.exec(line.slice(0, 400))?.[1])
    latencies.push(performance.now() - sent[index]!)
    if (latencies.length === expected) all.resolve()
  }
  const watching = Array.from({ length: connections }, () => new ApiConnection(kubeconfig))
  for (let i = 0; i < watchers; i++)
    watching[i % connections]!.watch(`${path}?watch=true&resourceVersion=${metadata.resourceVersion}`, onLine)
  await delay(2000)
  const start = performance.now()
  const creates: Promise<unknown>[] = []
  for (let index = 0; index < writesPerSecond * seconds; index++) {
    const due = start + (index * 1000) / writesPerSecond
    if (due > performance.now()) await delay(due - performance.now())
    sent.push(performance.now())
    creates.push(api.call('POST', path, configMap(index)))
  }
  await Promise.all(creates)
  await all.promise
  for (const part of [0.5, 0.99, 1]) {
    const what = part === 1 ? 'the last' : `${part * 100} % within`
    report({ what, value: quantile(latencies, part), unit: 'ms' })
  }
  for (const connection of [...watching, api]) connection.close()
}
