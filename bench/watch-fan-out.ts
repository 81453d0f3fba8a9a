import { setTimeout as delay } from 'node:timers/promises'
import { Cluster } from '../test/e2e/cluster.ts'
import { accessOf } from '../test/peer/kubeconfig.ts'
import { ApiConnection } from './api-connection.ts'
import { configMap, makeNamespace } from './requests.ts'
import type { Measure, Scenario } from './scenario.ts'
import { WatchConnection } from './watch-connection.ts'

const watchers = 1000
/** as clients of one machine share theirs; an API server lets so many streams be on one */
const connections = 20
const writesPerSecond = 200
const seconds = 5
/** before what is measured: a server that has just started is still compiling */
const warmUpSeconds = 2
const path = '/api/v1/namespaces/bench/configmaps'

export const watchFanOut: Scenario = {
  title: `From a create to its event at each of ${watchers} watchers, ${writesPerSecond} creates a second (aim: 99 % under 50 ms)`,
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
  const from = resourceVersionOf(await api.call('GET', `${path}?limit=1`))
  const warmUp = writesPerSecond * warmUpSeconds
  const count = warmUp + writesPerSecond * seconds
  const seen = Array.from({ length: watchers }, () => new Float64Array(count))
  let missing = watchers * count
  const all = Promise.withResolvers<void>()
  const open = () => WatchConnection.open(accessOf(kubeconfig))
  const watching = await Promise.all(Array.from({ length: connections }, open))
  for (const [i, times] of seen.entries()) {
    let index = 0
    watching[i % connections]!.watch(`${path}?watch=true&resourceVersion=${from}`, (now) => {
      times[index++] = now
      if (--missing === 0) all.resolve()
    })
  }
  await delay(2000)
  const start = performance.now()
  const creates: Promise<Create>[] = []
  for (let index = 0; index < count; index++) {
    const wait = start + (index * 1000) / writesPerSecond - performance.now()
    if (wait > 0) await delay(wait)
    creates.push(create(api, index))
  }
  // Events come in the order of revisions, so the nth line is the nth of these.
  const inOrder = (await Promise.all(creates)).sort((a, b) => a.revision - b.revision)
  await all.promise
  for (const moment of ['sent', 'answered'] as const) {
    const latenciesOf = (times: Float64Array) => inOrder.map((made, index) => times[index]! - made[moment]).slice(warmUp)
    const latencies = Float64Array.from(seen.flatMap(latenciesOf)).sort()
    for (const part of [0.5, 0.99, 1]) {
      const what = `${part === 1 ? 'the last' : `${part * 100} % within`}, after the create was ${moment}`
      report({ what, value: latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))]!, unit: 'ms' })
    }
  }
  for (const connection of [...watching, api]) connection.close()
}

interface Create {
  readonly sent: number
  /** to whom made it */
  readonly answered: number
  readonly revision: number
}

const create = async (api: ApiConnection, index: number): Promise<Create> => {
  const sent = performance.now()
  const answer = await api.call('POST', path, configMap(index))
  return { sent, answered: performance.now(), revision: Number(resourceVersionOf(answer)) }
}

const resourceVersionOf = (answer: Buffer): string =>
  (JSON.parse(String(answer)) as { metadata: { resourceVersion: string } }).metadata.resourceVersion
