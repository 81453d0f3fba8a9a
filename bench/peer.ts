import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Cluster } from '../test/e2e/cluster.ts'
import { requestMeasures } from './requests.ts'
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

/** Both run; each measure is taken of one, then of the other, so that what else the machine does weighs on both alike. */
export const peer: Scenario = {
  title: 'The same requests, beside kube-apiserver and etcd',
  skipped: () =>
    ['kube-apiserver', 'etcd'].every((name) => existsSync(join(built, 'bin', name))) && existsSync(scripts)
      ? undefined
      : 'kube-apiserver and etcd have not been built',
  async run(report) {
    const cluster = new Cluster({ runtime: 'simulated' })
    try {
      await cluster.start()
      const { kubeconfig, pids } = await startPeer()
      const theirs = requestMeasures(kubeconfig)
      for await (const measure of requestMeasures(cluster.kubeconfig)) {
        const { value } = (await theirs.next()).value as Measure
        const aim = aims[measure.what]
        report({ ...measure, peer: { value, ...(aim && { aim }) } })
      }
      const own = cluster.memory().filter(({ name }) => name.startsWith('local/'))
      const value = own.reduce((sum, { mebibytes }) => sum + mebibytes, 0)
      const theirMemory = pids.reduce((sum, pid) => sum + proportionalSetSize(pid), 0)
      report({ what: 'memory after it', value, unit: 'MiB', peer: { value: theirMemory } })
      await theirs.return(undefined)
    } finally {
      await run(join(scripts, 'stop-peer.sh'), [instance])
      await cluster.dispose()
    }
  },
}

const startPeer = async (): Promise<{ kubeconfig: string; pids: number[] }> => {
  const { stdout } = await run(join(scripts, 'start-peer.sh'), [instance], { env: { ...process.env, WITH: '' } })
  const kubeconfig = /^kubeconfig (.+)$/m.exec(stdout)?.[1]
  if (kubeconfig === undefined) throw new Error(`no kubeconfig in what start-peer.sh printed: ${stdout}`)
  return { kubeconfig, pids: [...stdout.matchAll(/^pid \S+ (\d+)$/gm)].map(([, pid]) => Number(pid)) }
}

const proportionalSetSize = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
