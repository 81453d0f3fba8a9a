// `node test/shared/apiserver/audit/record.ts KUBECONFIG LOG`: asks a real kube-apiserver that runs with policy.yaml what it notes, as an administrator.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Connection, type Sent } from '../../../peer/connection.ts'
import { cases, comparable } from './cases.ts'

const [kubeconfig = '', log = ''] = process.argv.slice(2)
const peer = new Connection(kubeconfig)
const json = { 'content-type': 'application/json' }
const namespace = JSON.stringify({ metadata: { name: 'audit-a' } })
await peer.send({ method: 'POST', path: '/api/v1/namespaces', headers: json, body: namespace })
const mark = Date.now()
for (const [number, { method = 'GET', path, body, type, as, unknown }] of cases.entries()) {
  const headers = {
    'audit-id': `case-${mark}-${number}`,
    'content-type': type ?? 'application/json',
    ...(as && { 'impersonate-user': as }),
    ...(unknown && { authorization: 'Bearer wrong' }),
  }
  const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  await peer.send({ method, path, headers, ...content } satisfies Sent)
}
await pause(1500)
const events = readFileSync(log, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { auditID: string })
const facts = cases.map(({ name }, number) => ({
  name,
  events: events.filter(({ auditID }) => auditID === `case-${mark}-${number}`).map(comparable),
}))
await peer.send({ method: 'DELETE', path: '/api/v1/namespaces/audit-a' })
peer.close()
writeFileSync(new URL('facts.json', import.meta.url), `${JSON.stringify(facts, undefined, 1)}\n`)
