// `node test/shared/apiserver/facts/kinds/record.ts https://127.0.0.1:6443 CERTIFICATE KEY [NAME …]`: asks a real kube-apiserver what it answers, as an administrator.
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { contentTypeOf, type Heard, heardOf, namespace, type Said } from './conversation.ts'
import { conversations } from './conversations.ts'

const [server = '', certificate = '', key = '', ...names] = process.argv.slice(2)
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, keepAlive: true })

/** A namespace that has gone may not come back at once. */
const actual = `facts-${Date.now().toString(36)}`
const there = (text: string) => text.replaceAll(namespace, actual)
const here = (text: string) => text.replaceAll(actual, namespace)

const ask = (said: Omit<Said, 'what'>) =>
  new Promise<Heard>((resolve, reject) => {
    const { method = 'GET', path, body, accept = 'application/json' } = said
    const own = JSON.parse(there(JSON.stringify(said.headers ?? {}))) as Record<string, string | string[]>
    const headers = { ...own, accept, ...(body !== undefined && { 'content-type': contentTypeOf({ what: '', ...said }) }) }
    const sent = request(`${server}${there(path)}`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve(heardOf(said, response.statusCode ?? 0, response.headers.warning && here(response.headers.warning), here(text))),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : there(typeof body === 'string' ? body : JSON.stringify(body)))
  })

/** Its plugins know what was written a moment later. */
const settled = ({ method = 'GET', path }: Said) =>
  method === 'GET' || path.includes('dryRun') ? undefined : new Promise((resolve) => setTimeout(resolve, 100))

await ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } })
for (const [name, conversation] of Object.entries(conversations)) {
  if (names.length > 0 && !names.includes(name)) continue
  const lines: string[] = []
  for (const said of conversation) {
    lines.push(`  ${JSON.stringify(said.what)}: ${JSON.stringify(await ask(said))}`)
    await settled(said)
  }
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
  console.log(`${lines.length} facts in ${name}.json`)
}
await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` })
agent.destroy()
