// `npm run fuzz -- --requests N --seed S [--kind PLURAL] [--show CONVERSATION] [--peer KUBECONFIG]`: the same generated requests to our server and to a real kube-apiserver; prints each way in which the answers differ.
import { parseArgs } from 'node:util'
import { definitions } from '../../../shared/resources/index.ts'
import { loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { allVersions } from '../../../shared/resources/served-version.ts'
import { seededRandom } from '../../contract/random.ts'
import { differences } from '../compare/difference.ts'
import { Connection } from '../connection.ts'
import { startPeer, whyNoPeer } from '../peer.ts'
import { administratorOf } from './administrator.ts'
import { conversationOf, fuzzKinds } from './conversation.ts'
import { judging, surviving } from './custom/servers.ts'
import { whyDiffers } from './explained.ts'
import { Findings } from './findings.ts'
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

const run = async (ours: FuzzServer, peer: FuzzServer): Promise<void> => {
  const random = seededRandom(Number(flags.seed))
  const source = { schemas: loadSchemas(), published: loadPublished(), random }
  const kinds = fuzzKinds(allVersions(definitions)).filter(
    ({ definition }) => flags.kind === undefined || definition.plural === flags.kind,
  )
  const findings = new Findings()
  // Of other names in each run: a peer that runs already may have been asked before.
  const first = Number(flags.seed) * 1_000_000
  for (let number = first; findings.sent < Number(flags.requests); number++) {
    const kind = kinds[number % kinds.length]!
    const [tellUs, tellPeer] = [createSpeaker(ours), createSpeaker(peer)]
    for (const request of conversationOf(source, kind, number)) {
      const [own, theirs] = await Promise.all([tellUs(request), tellPeer(request)])
      findings.sent++
      if (flags.show === String(number))
        console.log(
          `${request.method} ${request.path} ${request.body ?? ''}\n  ours ${JSON.stringify(own)}\n  peer ${JSON.stringify(theirs)}`,
        )
      const all = differences('', own, theirs)
      if (all.length === 0) continue
      const why = whyDiffers({ request, ours: own, peer: theirs, all })
      findings.add({ topic: kind.definition.plural, number, request, all, why })
      // What follows would differ because of this.
      if (own.code < 300 !== theirs.code < 300) break
    }
    await Promise.all([tellUs.finish(), tellPeer.finish()])
  }
  findings.print()
}

const why = whyNoPeer()
if (why !== undefined) console.log(`skipped: ${why}`)
else {
  const started = flags.peer === undefined ? await startPeer('fuzz') : { kubeconfig: flags.peer, stop: () => Promise.resolve() }
  const connection = new Connection(started.kubeconfig)
  const ours = await startOurs(administratorOf(started.kubeconfig))
  try {
    await run(judging(ours.server), surviving(await peerServer(connection)))
  } finally {
    connection.close()
    await ours.stop()
    await started.stop()
  }
}
