// `node test/shared/apiserver/facts/custom/record.ts https://127.0.0.1:6443 CERTIFICATE KEY`: asks a real kube-apiserver about custom resources, as an administrator.
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type CustomFact, factOf } from './fact.ts'
import { type CustomRequest, customRequests, definedFirst } from './requests.ts'

const [server = '', certificate = '', key = ''] = process.argv.slice(2)
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, keepAlive: true })

const send = (asked: Omit<CustomRequest, 'what'>) =>
  new Promise<{ code: number; warning: string | undefined; text: string }>((resolve, reject) => {
    const { method, path, type = 'application/json', body } = asked
    const content = body === undefined ? undefined : JSON.stringify(body)
    const headers = content === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(content) }
    const sent = request(`${server}${path}`, { method, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          warning: response.headers.warning as string | undefined,
          text: Buffer.concat(chunks).toString(),
        }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(content)
  })

const facts: Record<string, CustomFact> = {}
const ask = async (each: CustomRequest) => {
  const { code, warning, text } = await send(each)
  facts[each.what] = factOf(each, code, warning, text)
}
for (const each of definedFirst) {
  await ask(each)
  if (facts[each.what]!.code !== 201) throw new Error(JSON.stringify(facts[each.what]))
  const { metadata } = each.body as { metadata: { name: string } }
  const path = `${each.path}/${metadata.name}`
  for (let established = false; !established; )
    established = /"type":"Established","status":"True"/.test((await send({ method: 'GET', path })).text)
}
for (const each of customRequests) await ask(each)
for (const { path, body } of definedFirst) {
  await send({ method: 'DELETE', path: `${path}/${(body as { metadata: { name: string } }).metadata.name}` })
}
const lines = Object.entries(facts).map(([what, fact]) => `  ${JSON.stringify(what)}: ${JSON.stringify(fact)}`)
writeFileSync(new URL('./facts.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
console.log(`${lines.length} facts`)
agent.destroy()
