// `node test/peer/fuzz/record.ts [--peer KUBECONFIG] [--mended]`: holds the conversations of one seed, or those of mended.txt, with a real kube-apiserver and writes down what it answers, for CI, which has none.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { definitions } from '../../../shared/resources/index.ts'
import { loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { allVersions } from '../../../shared/resources/served-version.ts'
import { seededRandom } from '../../contract/random.ts'
import { Connection } from '../connection.ts'
import { startPeer } from '../peer.ts'
import { conversationOf, fuzzKinds } from './conversation.ts'
import { mendedConversations } from './mended.ts'
import type { FuzzConversation } from './request.ts'
import { peerServer } from './servers.ts'
import { createSpeaker } from './speaker.ts'

const { values: flags } = parseArgs({ options: { peer: { type: 'string' }, mended: { type: 'boolean', default: false } } })
const peer = flags.peer === undefined ? await startPeer('fuzz') : { kubeconfig: flags.peer, stop: () => Promise.resolve() }
const connection = new Connection(peer.kubeconfig)
const server = await peerServer(connection)

/** Larger ones are only deep. */
const maxBody = 8000

const generated = (): FuzzConversation[] => {
  const source = { schemas: loadSchemas(), published: loadPublished(), random: seededRandom(2026) }
  return (
    fuzzKinds(allVersions(definitions))
      .map((kind, number) => ({ kind, requests: conversationOf(source, kind, number) }))
      // A FlowSchema's status is written by the peer meanwhile.
      .filter(({ kind }) => kind.definition.plural !== 'flowschemas')
      .map(({ requests }) => requests.filter(({ body = '' }) => body.length < maxBody))
  )
}

/** Under names that nobody has had before, on a peer that may have been asked already. */
const mended = (): FuzzConversation[] => {
  const suffix = Date.now().toString(36)
  return mendedConversations().map(
    ({ requests }) => JSON.parse(JSON.stringify(requests).replaceAll(/\bm(?=\d+\b)/g, `m${suffix}x`)) as FuzzConversation,
  )
}

const conversations = flags.mended ? mended() : generated()
const lines: string[] = []
for (const requests of conversations) {
  const tell = createSpeaker(server)
  const said: object[] = []
  for (const request of requests) said.push({ request, heard: await tell(request) })
  lines.push(JSON.stringify(said))
}
const file = flags.mended ? './mended.json' : './recorded.json'
writeFileSync(new URL(file, import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
console.log(`${lines.length} conversations in ${file}`)
connection.close()
await peer.stop()
