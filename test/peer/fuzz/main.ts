// `npm run fuzz -- --requests N --seed S [--kind PLURAL] [--show CONVERSATION] [--peer KUBECONFIG]`: the same generated requests to our server and to a real kube-apiserver; prints each way in which the answers differ.
import { createHash, X509Certificate } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { User } from '../../../shared/apiserver/request.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { allVersions } from '../../../shared/resources/served-version.ts'
import { seededRandom } from '../../contract/random.ts'
import { type Difference, differences } from '../compare/difference.ts'
import { Connection } from '../connection.ts'
import { accessOf } from '../kubeconfig.ts'
import { startPeer, whyNoPeer } from '../peer.ts'
import { conversationOf, fuzzKinds } from './conversation.ts'
import { whyDiffers } from './explained.ts'
import type { FuzzRequest } from './request.ts'
import { peerServer, startOurs } from './servers.ts'
import { createSpeaker, type FuzzServer } from './speaker.ts'

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    kind: { type: 'string' },
    show: { type: 'string' },
    peer: { type: 'string' },
  },
})

interface Found {
  /** of the first conversation */
  readonly number: number
  readonly request: FuzzRequest
  readonly all: readonly Difference[]
  count: number
}

/** Differences of one kind are shown once. */
const signatureOf = (plural: string, { method }: FuzzRequest, all: readonly Difference[]): string =>
  `${plural} ${method} ${all.map(({ where }) => where.replaceAll(/\d+/g, 'N')).join(' ')} ${String(
    all.find(({ where }) => where.endsWith('message'))?.peer ?? '',
  )
    .slice(0, 60)
    .replaceAll(/"[^"]*"|\d+/g, '?')}`

/** Of a list what the other does not have as well. */
const onlyIn = (list: unknown, other: unknown): unknown => {
  if (!Array.isArray(list) || !Array.isArray(other)) return list
  const there = new Set(other.map((item) => JSON.stringify(item)))
  const items = list.filter((item) => !there.has(JSON.stringify(item)))
  return items.length > 0 ? items : list
}

const shown = (value: unknown) => (value === undefined ? '(not there)' : JSON.stringify(value)).slice(0, 1200)

const run = async (ours: FuzzServer, peer: FuzzServer): Promise<void> => {
  const random = seededRandom(Number(flags.seed))
  const source = { schemas: loadSchemas(), published: loadPublished(), random }
  const kinds = fuzzKinds(allVersions(definitions)).filter(
    ({ definition }) => flags.kind === undefined || definition.plural === flags.kind,
  )
  const found = new Map<string, Found>()
  const reasons = new Map<string, number>()
  let sent = 0
  // Of other names in each run: a peer that runs already may have been asked before.
  const first = Number(flags.seed) * 1_000_000
  for (let number = first; sent < Number(flags.requests); number++) {
    const kind = kinds[number % kinds.length]!
    const [tellUs, tellPeer] = [createSpeaker(ours), createSpeaker(peer)]
    for (const request of conversationOf(source, kind, number)) {
      const [own, theirs] = await Promise.all([tellUs(request), tellPeer(request)])
      sent++
      if (flags.show === String(number))
        console.log(
          `${request.method} ${request.path} ${request.body ?? ''}\n  ours ${JSON.stringify(own)}\n  peer ${JSON.stringify(theirs)}`,
        )
      const all = differences('', own, theirs)
      if (all.length === 0) continue
      const why = whyDiffers({ request, ours: own, peer: theirs, all })
      if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1)
      else {
        const signature = signatureOf(kind.definition.plural, request, all)
        const known = found.get(signature)
        if (known) known.count++
        else found.set(signature, { number, request, all, count: 1 })
      }
      // What follows would differ because of this.
      if (own.code < 300 !== theirs.code < 300) break
    }
    await Promise.all([tellUs.finish(), tellPeer.finish()])
  }
  for (const { number, request, all, count } of found.values()) {
    console.log(
      `\n${count}× #${number} ${request.method} ${request.path} ${request.type ?? ''}\n  ${(request.body ?? '').slice(0, 1500)}`,
    )
    for (const { where, ours: own, peer: theirs } of all.slice(0, 6))
      console.log(`  ${where}\n    ours ${shown(onlyIn(own, theirs))}\n    peer ${shown(onlyIn(theirs, own))}`)
  }
  for (const [why, count] of reasons) console.log(`${String(count).padStart(6)} differ: ${why}`)
  console.log(
    `${sent} requests, ${found.size} unexplained differences (${[...found.values()].reduce((sum, { count }) => sum + count, 0)} answers)`,
  )
  if (found.size > 0) process.exitCode = 1
}

/** Who the peer takes the owner of a certificate for. */
const administratorOf = (kubeconfig: string): User => {
  const { raw } = new X509Certificate(accessOf(kubeconfig).cert)
  const id = `X509SHA256=${createHash('sha256').update(raw).digest('hex')}`
  return {
    name: 'admin',
    groups: ['system:masters', 'system:authenticated'],
    extra: { 'authentication.kubernetes.io/credential-id': [id] },
  }
}

const why = whyNoPeer()
if (why !== undefined) console.log(`skipped: ${why}`)
else {
  const started = flags.peer === undefined ? await startPeer('fuzz') : { kubeconfig: flags.peer, stop: () => Promise.resolve() }
  const connection = new Connection(started.kubeconfig)
  const ours = await startOurs(administratorOf(started.kubeconfig))
  try {
    await run(ours.server, await peerServer(connection))
  } finally {
    connection.close()
    await ours.stop()
    await started.stop()
  }
}
