import { buildImages } from '../examples/orders/images/build.ts'
import { Cluster, whyNoContainers } from '../test/e2e/cluster.ts'
import { container, deployment, idle } from '../test/e2e/object.ts'
import { ApiConnection } from './api-connection.ts'
import { type Scenario, secondsSince } from './scenario.ts'

const spec = { terminationGracePeriodSeconds: 1, containers: [container({ command: idle })] }

/** From typing `kubectl apply` to the last replica's Ready. */
async function applied(cluster: Cluster, replicas: number): Promise<number> {
  const name = `pods-${replicas}`
  const api = new ApiConnection(cluster.kubeconfig)
  const ready = Promise.withResolvers<void>()
  const watch = api.watch(
    `/apis/apps/v1/namespaces/default/deployments?watch=true&fieldSelector=metadata.name=${name}`,
    (line) => {
      const { object } = JSON.parse(line) as { object: { status?: { readyReplicas?: number } } }
      if (object.status?.readyReplicas === replicas) ready.resolve()
    },
  )
  const start = performance.now()
  await cluster.kubectl.apply(deployment(name, { replicas, spec }))
  await ready.promise
  const seconds = secondsSince(start)
  watch.stop()
  api.close()
  await cluster.kubectl.ok('delete', 'deployment', name, '--cascade=foreground')
  return seconds
}

const scenario = (runtime: 'docker' | 'simulated'): Scenario => ({
  title: `From kubectl apply to Ready, ${runtime === 'docker' ? 'real containers' : 'simulated'}`,
  skipped: () => (runtime === 'docker' ? whyNoContainers() : undefined),
  async run(report) {
    if (runtime === 'docker') await buildImages(() => undefined)
    const cluster = new Cluster({ runtime })
    try {
      await cluster.start()
      await applied(cluster, 2)
      for (const replicas of [1, 100]) {
        report({ what: `${replicas} ${replicas === 1 ? 'pod' : 'pods'}`, value: await applied(cluster, replicas), unit: 's' })
      }
    } finally {
      await cluster.dispose()
    }
  },
})

export const simulatedPodsReady = scenario('simulated')
export const realPodsReady = scenario('docker')
