// `node test/peer/fuzz/custom/record.ts [--peer KUBECONFIG]`: holds some conversations about generated definitions with a real kube-apiserver and writes down what it answers, for CI, which has none.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../../contract/random.ts'
import { Connection } from '../../connection.ts'
import { startPeer } from '../../peer.ts'
import { peerServer } from '../servers.ts'
import { customConversation } from './conversation.ts'
import { createCustomSpeaker, surviving } from './servers.ts'

const { values: flags } = parseArgs({ options: { peer: { type: 'string' } } })
const peer = flags.peer === undefined ? await startPeer('fuzz') : { kubeconfig: flags.peer, stop: () => Promise.resolve() }
const connection = new Connection(peer.kubeconfig)
const server = surviving(await peerServer(connection))

const lines: string[] = []
for (let number = 2026_001; lines.length < 60; number++) {
  const tell = createCustomSpeaker(server)
  const said: object[] = []
  for (const request of customConversation(seededRandom(number), number).requests) {
    const heard = await tell(request)
    said.push({ request, heard })
    if (said.length === 1 && heard.code >= 300) break
  }
  await tell.finish()
  lines.push(JSON.stringify(said))
}
writeFileSync(new URL('./recorded.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`)
console.log(`${lines.length} conversations`)
connection.close()
await peer.stop()
