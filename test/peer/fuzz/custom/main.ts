// `npm run fuzz:definitions -- --definitions N --seed S [--show CONVERSATION] [--peer KUBECONFIG]`: generated CustomResourceDefinitions and requests about their objects to our server and to a real kube-apiserver; prints each way in which the answers differ.
import { parseArgs } from 'node:util'
import { seededRandom } from '../../../contract/random.ts'
import { differences } from '../../compare/difference.ts'
import { Connection } from '../../connection.ts'
import { startPeer, whyNoPeer } from '../../peer.ts'
import { administratorOf } from '../administrator.ts'
import { Findings } from '../findings.ts'
import { peerServer, startOurs } from '../servers.ts'
import type { FuzzServer } from '../speaker.ts'
import { customConversation } from './conversation.ts'
import { whyDiffers } from './explained.ts'
import { createCustomSpeaker, judging, surviving } from './servers.ts'

const { values: flags } = parseArgs({
  options: {
    definitions: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string' },
    peer: { type: 'string' },
  },
})

/** Conversations that are held at the same time: waiting for a definition to be served is most of one. */
const atOnce = 8

const run = async (ours: FuzzServer, peer: FuzzServer): Promise<void> => {
  const findings = new Findings()
  const first = Number(flags.seed) * 1_000_000
  let next = first
  let accepted = 0
  const hold = async (number: number): Promise<void> => {
    const { requests } = customConversation(seededRandom(number), number)
    const [tellUs, tellPeer] = [createCustomSpeaker(ours), createCustomSpeaker(peer)]
    for (const [index, request] of requests.entries()) {
      const [own, theirs] = await Promise.all([tellUs(request), tellPeer(request)])
      findings.sent++
      if (index === 0 && theirs.code < 300) accepted++
      if (flags.show === String(number))
        console.log(
          `${request.method} ${request.path} ${request.body ?? ''}\n  ours ${JSON.stringify(own)}\n  peer ${JSON.stringify(theirs)}`,
        )
      const all = differences('', own, theirs)
      if (all.length > 0)
        findings.add({ topic: 'custom', number, request, all, why: whyDiffers({ request, ours: own, peer: theirs, all }) })
      // What follows would differ because of this.
      if (own.code < 300 !== theirs.code < 300 || (index === 0 && theirs.code >= 300)) break
    }
    await Promise.all([tellUs.finish(), tellPeer.finish()])
  }
  const work = async () => {
    while (next < first + Number(flags.definitions)) await hold(next++)
  }
  if (flags.show === undefined) await Promise.all(Array.from({ length: atOnce }, work))
  else await hold(Number(flags.show))
  findings.print()
  console.log(`${Number(flags.definitions)} definitions, ${accepted} of them accepted`)
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
