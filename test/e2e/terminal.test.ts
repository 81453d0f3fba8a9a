import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Cluster, titled, whyNoKubectl } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment } from './object.ts'

const why = whyNoKubectl()

// A library that warns in the server, its workers and the agent: while they load, and again and again once they run.
const warn = (ms: number) => `() => process.emitWarning("from a library ${ms}", "LibraryWarning")`
const warning = `{ setTimeout(${warn(0)}); setInterval(${warn(3000)}, 3000).unref() }`
const ofOurs = `if (/(^|\\/)(local\\/(main|api-worker)|agent\\/main)\\.ts$/.test(process.argv[1])) ${warning}`
const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ofOurs)}` }

describe.skipIf(why !== undefined)(titled('the terminal of npm start', why), () => {
  const cluster = new Cluster({ runtime: 'simulated', nodes: 3, flags: ['--workers', '2'], environment })
  const { kubectl } = cluster
  beforeAll(() => cluster.start())
  afterAll(() => cluster.dispose())

  it('shows our own words and nothing else, under load and whatever libraries warn of', async () => {
    await kubectl.apply(deployment('many', { replicas: 60, spec: { containers: [container({})] } }))
    await kubectl.ok('rollout', 'status', 'deployment/many', '--timeout=60s')
    await kubectl.ok('delete', 'deployment', 'many')
    const log = (name: string) => readFileSync(join(cluster.dataDir, 'logs', name), 'utf8')
    for (const name of ['server.log', 'workers.log'])
      await eventually(`the warning in ${name}`, { ask: () => log(name), wanted: (text) => text.includes('from a library 3000') })
    await cluster.interrupt()
    const lines = cluster.output.split('\n').filter((line) => line.trim() !== '')
    const ours = [
      /^ • simulated runtime: pods only seem to run, no container is started$/,
      /^ ✓ (API server at|context "windlass" in|node windlass-\d is Ready)/,
      /^ The cluster is up\. Try, in another terminal:$/,
      /^ {3}kubectl --kubeconfig \S+ (get nodes|create deployment hello --image=IMAGE)$/,
      /^ Ctrl-C stops it; the next npm start resumes it; npm run reset removes it\.$/,
      /^ stopping …$/,
    ]
    expect(lines.filter((line) => !ours.some((pattern) => pattern.test(line)))).toEqual([])
  })
})
