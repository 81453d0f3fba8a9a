// `npm run compare`: what our server says of itself and of some CustomResourceDefinitions, and the defaults of each kind, beside a real kube-apiserver. Ends with 1 when something differs without a reason.
import { Cluster } from '../../e2e/cluster.ts'
import { Connection } from '../connection.ts'
import { startPeer, whyNoPeer } from '../peer.ts'
import { compareCustom, makeDefinitions } from './custom.ts'
import { compareDefaults } from './defaults.ts'
import type { Difference } from './difference.ts'
import { compareDiscovery } from './discovery.ts'
import { whyExpected } from './explained.ts'
import { compareOpenApi } from './openapi.ts'

const shown = (value: unknown) => (value === undefined ? '(not there)' : JSON.stringify(value)).slice(0, 400)

const print = (all: readonly Difference[]): number => {
  const reasons = new Map<string, number>()
  const unexplained = all.filter((difference) => {
    const why = whyExpected(difference)
    if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1)
    return why === undefined
  })
  for (const { where, ours, peer } of unexplained) console.log(`${where}\n  ours ${shown(ours)}\n  peer ${shown(peer)}`)
  for (const [why, count] of reasons) console.log(`${String(count).padStart(5)} differ: ${why}`)
  console.log(`${String(unexplained.length).padStart(5)} differ without a reason`)
  return unexplained.length
}

const compare = async (ours: Connection, peer: Connection): Promise<number> => {
  await Promise.all([ours, peer].map(makeDefinitions))
  return print([
    ...(await compareDiscovery(ours, peer)),
    ...(await compareOpenApi(ours, peer)),
    ...(await compareDefaults(ours, peer)),
    ...(await compareCustom(ours, peer)),
  ])
}

const why = whyNoPeer()
if (why !== undefined) console.log(`skipped: ${why}`)
else {
  const cluster = new Cluster({ runtime: 'simulated' })
  const peer = await startPeer('compare')
  try {
    await cluster.start()
    const connections = [new Connection(cluster.kubeconfig), new Connection(peer.kubeconfig)] as const
    const unexplained = await compare(...connections)
    for (const connection of connections) connection.close()
    if (unexplained > 0) process.exitCode = 1
  } finally {
    await peer.stop()
    await cluster.dispose()
  }
}
