// `node test/shared/apiserver/flowcontrol/record.ts KUBECONFIG`: asks a real kube-apiserver which FlowSchema each request has, as an administrator.
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection } from '../../../peer/connection.ts'
import { cases, ownSchemas } from './cases.ts'

const [kubeconfig = ''] = process.argv.slice(2)
const peer = new Connection(kubeconfig)
const group = '/apis/flowcontrol.apiserver.k8s.io/v1'
const headers = { 'content-type': 'application/json' }

for (const schema of ownSchemas) {
  const { code, text } = await peer.send({ method: 'POST', path: `${group}/flowschemas`, headers, body: JSON.stringify(schema) })
  if (code !== 201) throw new Error(`${schema.metadata.name}: ${code} ${text}`)
}
// It follows its objects by a watch, and nothing tells when it has.
await pause(3000)

const names = new Map<string, string>()
for (const plural of ['flowschemas', 'prioritylevelconfigurations']) {
  const { items } = await peer.read<{ items: { metadata: { name: string; uid: string } }[] }>(`${group}/${plural}`)
  for (const { metadata } of items) names.set(metadata.uid, metadata.name)
}
const facts: (string | undefined)[][] = []
for (const { user, groups = [], method = 'GET', path } of cases) {
  // Node.js sends a header of several values in as many lines.
  const impersonated = { 'impersonate-user': user, 'impersonate-group': groups as unknown as string }
  const answer = await peer.send({ method, path, headers: groups.length > 0 ? impersonated : { 'impersonate-user': user } })
  const name = (header: string) => names.get(String(answer.headers[header]))
  facts.push([name('x-kubernetes-pf-flowschema-uid'), name('x-kubernetes-pf-prioritylevel-uid')])
}
for (const { metadata } of ownSchemas) await peer.send({ method: 'DELETE', path: `${group}/flowschemas/${metadata.name}` })
peer.close()
writeFileSync(
  new URL('classification.json', import.meta.url),
  `[\n${facts.map((fact) => `  ${JSON.stringify(fact).replaceAll(',', ', ')}`).join(',\n')}\n]\n`,
)
