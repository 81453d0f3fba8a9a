// `node test/shared/apiserver/facts/policies/record.ts https://127.0.0.1:6443 CERTIFICATE KEY AUDIT_LOG`: asks a real kube-apiserver that has just begun
// (one finds no built-in params any more once all policies that took some have gone), as an
// administrator, that writes its audit log with at least the metadata of all writes.
import { readFileSync, writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { type Case, contentTypeOf, namespaceOf, outcomeOf, preparations, type Request, removals } from './case.ts'
import { shared } from './cases/limits.ts'
import { cases, prefix } from './cases.ts'

const [server = '', certificate = '', key = '', auditLog = ''] = process.argv.slice(2)
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, keepAlive: true })

/** A namespace that has gone may not come back at once. */
const actual = `f${Date.now().toString(36)}`
const here = (text: string) => text.replaceAll(actual, prefix)

interface Answer {
  readonly code: number
  readonly text: string
  readonly warning: string | undefined
  readonly id: string
}

const ask = (said: Request, index: number): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const there = (text: string) => text.replaceAll('NS', namespaceOf(actual, index))
    const headers = JSON.parse(there(JSON.stringify(said.headers ?? {}))) as OutgoingHttpHeaders
    const body = said.body === undefined ? '' : there(JSON.stringify(said.body))
    const sizes = { 'content-type': contentTypeOf(said), 'content-length': Buffer.byteLength(body) }
    const options = { method: said.method, agent, headers: { ...headers, ...sizes } }
    const sent = request(`${server}${there(said.path)}`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      const { warning, 'audit-id': id = '' } = response.headers
      response.on('end', () => resolve({ code: response.statusCode ?? 0, text, warning, id: String(id) }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const prepare = async (said: Request, index: number, allowed: readonly number[]) => {
  const { code, text } = await ask(said, index)
  if (!allowed.includes(code)) throw new Error(`${code} to ${said.method} ${said.path}: ${text}`)
}

for (const said of shared) await prepare(said, 0, [201, 409])
await pause(2000)
for (const [index, one] of cases.entries()) for (const said of preparations(one)) await prepare(said, index, [201, 409])
// Only what upstream's own controllers make is there before.
// Its plugin looks for policies each second.
await pause(5000)

const heard: { readonly one: Case; readonly answers: Answer[] }[] = []
for (const [index, one] of cases.entries()) {
  const answers: Answer[] = []
  for (const said of one.requests) answers.push(await ask(said, index))
  heard.push({ one, answers })
}
for (const [index, one] of cases.entries()) for (const said of removals(one)) await ask(said, index)
await pause(3000)
for (const index of cases.keys()) await ask({ method: 'DELETE', path: '/api/v1/namespaces/NS' }, index)

const annotations = new Map(
  readFileSync(auditLog, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { auditID: string; annotations?: Record<string, string> })
    .map(({ auditID, annotations = {} }) => [auditID, annotations]),
)
const lines = heard.map(({ one, answers }) => {
  const outcomes = answers.map(({ code, text, warning, id }) => {
    const own = JSON.parse(here(JSON.stringify(annotations.get(id) ?? {}))) as Record<string, string>
    return outcomeOf(code, here(text), { warning: warning && here(warning), annotations: own })
  })
  return `  ${JSON.stringify(one.what)}: ${JSON.stringify(outcomes)}`
})
writeFileSync(new URL('./facts.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
console.log(`${heard.reduce((sum, { answers }) => sum + answers.length, 0)} facts of ${heard.length} policies in facts.json`)
agent.destroy()
