// `node test/peer/fuzz/record.ts`: holds the conversations of one seed with a real kube-apiserver and writes down what it answers, for CI, which has none.
import { writeFileSync } from 'node:fs'
import { definitions } from '../../../shared/resources/index.ts'
import { loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { allVersions } from '../../../shared/resources/served-version.ts'
import { seededRandom } from '../../contract/random.ts'
import { Connection } from '../connection.ts'
import { startPeer } from '../peer.ts'
import { conversationOf, fuzzKinds } from './conversation.ts'
import { peerServer } from './servers.ts'
import { createSpeaker } from './speaker.ts'

const peer = await startPeer('fuzz')
const connection = new Connection(peer.kubeconfig)
const server = await peerServer(connection)
const source = { schemas: loadSchemas(), published: loadPublished(), random: seededRandom(2026) }
const lines: string[] = []
/** Larger ones are only deep. */
const maxBody = 8000
for (const [number, kind] of fuzzKinds(allVersions(definitions)).entries()) {
  const tell = createSpeaker(server)
  const said: object[] = []
  // A FlowSchema's status is written by the peer meanwhile.
  if (kind.definition.plural === 'flowschemas') continue
  const requests = conversationOf(source, kind, number).filter(({ body = '' }) => body.length < maxBody)
  for (const request of requests) said.push({ request, heard: await tell(request) })
  lines.push(JSON.stringify(said))
}
writeFileSync(new URL('./recorded.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
console.log(`${lines.length} conversations in recorded.json`)
connection.close()
await peer.stop()
