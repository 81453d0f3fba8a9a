import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Cluster } from '../test/e2e/cluster.ts'
import { measureRequests } from './requests.ts'
import type { Measure, Scenario } from './scenario.ts'

const run = promisify(execFile)
const scripts = fileURLToPath(new URL('../../shared/tools/peers', import.meta.url))
const built = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'windlass-tools')
const instance = 'bench'

/** What a value should be of the peer's. */
const aims: Readonly<Record<string, { atLeast: number } | { atMost: number }>> = {
  create: { atLeast: 2 },
  get: { atLeast: 3 },
  'list of 10000': { atMost: 0.25 },
}

/** One server after the other, so that neither takes the processors from the other. */
export const peer: Scenario = {
  title: 'The same requests, beside kube-apiserver and etcd',
  skipped: () =>
    ['kube-apiserver', 'etcd'].every((name) => existsSync(join(built, 'bin', name))) && existsSync(scripts)
      ? undefined
      : 'kube-apiserver and etcd have not been built',
  async run(report) {
    const theirs = await collect(measurePeer)
    for (const measure of await collect(measureOwn)) {
      const value = theirs.find(({ what }) => what === measure.what)?.value
      const aim = aims[measure.what]
      report(value === undefined ? measure : { ...measure, peer: { value, ...(aim && { aim }) } })
    }
  },
}

const collect = async (measure: (report: (measure: Measure) => void) => Promise<void>): Promise<Measure[]> => {
  const measures: Measure[] = []
  await measure((each) => measures.push(each))
  return measures
}

const resident = (mebibytes: number): Measure => ({ what: 'memory after it', value: mebibytes, unit: 'MiB' })

const measureOwn = async (report: (measure: Measure) => void) => {
  const cluster = new Cluster({ runtime: 'simulated' })
  try {
    await cluster.start()
    await measureRequests(cluster.kubeconfig, report)
    const server = cluster.memory().filter(({ name }) => name.startsWith('local/'))
    report(resident(server.reduce((sum, { mebibytes }) => sum + mebibytes, 0)))
  } finally {
    await cluster.dispose()
  }
}

const measurePeer = async (report: (measure: Measure) => void) => {
  const { stdout } = await run(join(scripts, 'start-peer.sh'), [instance], { env: { ...process.env, WITH: '' } })
  try {
    const kubeconfig = /^kubeconfig (.+)$/m.exec(stdout)?.[1]
    if (kubeconfig === undefined) throw new Error(`no kubeconfig in what start-peer.sh printed: ${stdout}`)
    await measureRequests(kubeconfig, report)
    const pids = [...stdout.matchAll(/^pid \S+ (\d+)$/gm)].map(([, pid]) => Number(pid))
    report(resident(pids.reduce((sum, pid) => sum + proportionalSetSize(pid), 0)))
  } finally {
    await run(join(scripts, 'stop-peer.sh'), [instance])
  }
}

const proportionalSetSize = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
