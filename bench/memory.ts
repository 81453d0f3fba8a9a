import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, whyNoContainers } from '../test/e2e/cluster.ts'
import type { Scenario } from './scenario.ts'

const settleSeconds = 15

export const memory: Scenario = {
  title: `Memory at rest, ${settleSeconds} s after the start (proportional set size)`,
  async run(report) {
    const runtimes = whyNoContainers() === undefined ? (['docker', 'simulated'] as const) : (['simulated'] as const)
    for (const runtime of runtimes) {
      const cluster = new Cluster({ runtime })
      try {
        await cluster.start()
        await delay(settleSeconds * 1000)
        for (const { name, mebibytes } of cluster.memory()) report({ what: `${runtime}: ${name}`, value: mebibytes, unit: 'MiB' })
      } finally {
        await cluster.dispose()
      }
    }
  },
}
