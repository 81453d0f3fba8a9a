import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { Cluster } from '../test/e2e/cluster.ts'
import { type Peer, peerProgram, startPeer, whyNoPeer } from '../test/peer/peer.ts'
import type { Measure, Scenario } from './scenario.ts'

const run = promisify(execFile)

/** What the load generator's line says, by what is shown of it, and what that should be of the peer's. */
const measures: readonly {
  readonly suite: 'crud' | 'list' | 'watch'
  readonly line: Readonly<Record<string, unknown>>
  readonly shown: Pick<Measure, 'what' | 'unit'>
  readonly aim?: NonNullable<Measure['peer']>['aim']
}[] = [
  ...Object.entries({ create: 3, get: 5, update: 3, patch: undefined, apply: 2, delete: 2.5 }).map(([verb, atLeast]) => ({
    suite: 'crud' as const,
    line: { measure: `configmap.${verb}`, conc: 16 },
    shown: { what: verb === 'apply' ? 'server-side apply' : verb, unit: '1/s' as const },
    ...(atLeast && { aim: { atLeast } }),
  })),
  {
    suite: 'list',
    line: { measure: 'configmap.list', kind: 'latest', enc: 'identity' },
    shown: { what: 'list of 10000', unit: 'ms' },
    aim: { atMost: 0.18 },
  },
  {
    suite: 'list',
    line: { measure: 'configmap.list', kind: 'chunks500' },
    shown: { what: 'the same by pages of 500', unit: 'ms' },
  },
  {
    suite: 'watch',
    line: { measure: 'watch.fanout', watchers: 100 },
    shown: { what: 'create to event, 100 connections (median)', unit: 'ms' },
  },
]

/**
 * Both run; each suite is run on one, then on the other, so that what else the machine does weighs on both alike. The client is the
 * peers' own, in Go: one in Node.js costs as much as our server does, and would be half of what is measured.
 */
export const peer: Scenario = {
  title: 'The same requests, beside kube-apiserver and etcd (16 in flight, ConfigMaps of about 1 kB, medians of three)',
  skipped: () => whyNoPeer(['loadgen']),
  async run(report) {
    const cluster = new Cluster({ runtime: 'simulated' })
    let started: Peer | undefined
    try {
      await cluster.start()
      started = await startPeer('bench')
      const { kubeconfig, pids } = started
      for (const suite of ['crud', 'list', 'watch'] as const) {
        const [ours, ownSeconds] = await whileCounting(servers(cluster), () => generateLoad(cluster.kubeconfig, suite))
        const [theirs, theirSeconds] = await whileCounting(pids, () => generateLoad(kubeconfig, suite))
        for (const { line, shown, aim } of measures.filter((measure) => measure.suite === suite))
          report({ ...shown, value: figureOf(ours, line), peer: { value: figureOf(theirs, line), ...(aim && { aim }) } })
        report({ what: `processor time of the ${suite} suite`, value: ownSeconds, unit: 's', peer: { value: theirSeconds } })
      }
      const value = own(cluster).reduce((sum, { mebibytes }) => sum + mebibytes, 0)
      const theirMemory = pids.reduce((sum, pid) => sum + proportionalSetSize(pid), 0)
      report({ what: 'memory after it', value, unit: 'MiB', peer: { value: theirMemory, aim: { atMost: 0.5 } } })
    } finally {
      await started?.stop()
      await cluster.dispose()
    }
  },
}

const own = (cluster: Cluster) => cluster.memory().filter(({ name }) => name.startsWith('local/'))
const servers = (cluster: Cluster) => own(cluster).map(({ pid }) => pid)

/** With the processor time of some processes meanwhile, which says more than rates where others use the machine too. */
const whileCounting = async <T>(pids: readonly number[], work: () => Promise<T>): Promise<[result: T, seconds: number]> => {
  const total = () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0)
  const before = total()
  const result = await work()
  return [result, total() - before]
}

const ticksPerSecond = 100

/** proc_pid_stat(5): utime and stime, counted behind the name, which may have blanks in it. */
const processorSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

type Line = Readonly<Record<string, unknown>>

/** With next to nothing of what it does one by one, of which nothing is shown. */
const generateLoad = async (kubeconfig: string, suite: string): Promise<Line[]> => {
  const sizes = ['-n1', '1', '-list', '10000', '-watchers', '100']
  const { stdout } = await run(peerProgram('loadgen'), ['-kubeconfig', kubeconfig, '-suite', suite, ...sizes])
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** `of` names the field that the line is about. */
const figureOf = (lines: readonly Line[], wanted: Line): number => {
  const line = lines.find((candidate) => Object.entries(wanted).every(([field, value]) => candidate[field] === value))
  if (!line) throw new Error(`the load generator printed no line of ${JSON.stringify(wanted)}`)
  if (line.errors) throw new Error(`${line.errors} requests failed: ${String(line.first_error)}`)
  return Number(line[String(line.of)])
}

const proportionalSetSize = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
