// `node test/shared/apiserver/facts/record.ts https://127.0.0.1:6443 CERTIFICATE KEY`: asks a real kube-apiserver what it answers, as an administrator.
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { bodies } from './body.ts'
import { negotiations } from './negotiation.ts'
import { queries } from './query.ts'
import { type Fact, type FactRequest, factOf, setUp } from './requests.ts'

const [server = '', certificate = '', key = ''] = process.argv.slice(2)
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, keepAlive: true })

const ask = ({ method, url, accept, contentType = 'application/json', body }: FactRequest) =>
  new Promise<Fact>((resolve, reject) => {
    const content = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    const sent = request(
      `${server}${url}`,
      {
        method,
        agent,
        headers: {
          ...(accept && { accept }),
          ...(content !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(content) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        const answer = () =>
          resolve(factOf(response.statusCode ?? 0, response.headers['content-type'] ?? '', Buffer.concat(chunks).toString()))
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk)
          if (!/[?&]watch=/.test(url)) return
          answer()
          response.destroy()
        })
        response.on('end', answer)
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(content)
  })

const record = async (name: string, requests: ReadonlyMap<string, FactRequest>) => {
  const facts: Record<string, Fact> = {}
  for (const title of requests.keys()) facts[title] = { code: 0, type: '' }
  const waiting = requests.entries()
  const worker = async () => {
    for (const [title, each] of waiting) facts[title] = await ask(each)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  const lines = Object.entries(facts).map(([title, fact]) => `  ${JSON.stringify(title)}: ${JSON.stringify(fact)}`)
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
  console.log(`${lines.length} facts in ${name}.json`)
}

for (const each of setUp) await ask(each)
await record('body', bodies)
await record('negotiation', negotiations)
await record('query', queries)
agent.destroy()
