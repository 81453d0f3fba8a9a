import { Cluster, whyNoContainers } from '../test/e2e/cluster.ts'
import { eventually } from '../test/e2e/kubectl.ts'
import { ApiConnection } from './api-connection.ts'
import { median, type Scenario, secondsSince } from './scenario.ts'

const rounds = 3

/** From typing `npm start` on an empty folder. */
async function once(runtime: 'docker' | 'simulated'): Promise<{ api: number; node: number }> {
  const cluster = new Cluster({ runtime })
  try {
    const start = performance.now()
    const up = cluster.start()
    const ready = async (wanted: (text: string) => boolean, path: string) => {
      await eventually(path, {
        ask: async () => {
          const api = new ApiConnection(cluster.kubeconfig)
          try {
            return String(await api.call('GET', path))
          } finally {
            api.close()
          }
        },
        wanted,
        pauseMilliseconds: 20,
      })
      return secondsSince(start)
    }
    const api = await ready((text) => text === 'ok', '/readyz')
    const node = await ready(
      (text) => /"type":\s*"Ready",\s*"status":\s*"True"|"status":\s*"True",[^}]*"type":\s*"Ready"/.test(text),
      '/api/v1/nodes',
    )
    await up
    return { api, node }
  } finally {
    await cluster.dispose()
  }
}

export const startUp: Scenario = {
  title: `Start-up, from typing npm start on an empty folder (median of ${rounds})`,
  async run(report) {
    const runtimes = whyNoContainers() === undefined ? (['docker', 'simulated'] as const) : (['simulated'] as const)
    for (const runtime of runtimes) {
      const times = []
      for (let round = 0; round < rounds; round++) {
        times.push(await once(runtime))
      }
      report({ what: `${runtime}: API ready`, value: median(times.map(({ api }) => api)), unit: 's' })
      report({ what: `${runtime}: first node Ready`, value: median(times.map(({ node }) => node)), unit: 's' })
    }
  },
}
