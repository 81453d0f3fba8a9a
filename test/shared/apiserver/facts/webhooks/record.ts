// `node test/shared/apiserver/facts/webhooks/record.ts https://127.0.0.1:6443 CERTIFICATE KEY`: asks a real kube-apiserver what it makes of webhooks.
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { type ReceivedReview, startWebhookServer } from '../../admission/webhooks/webhook-server.ts'
import {
  answerOf,
  behaving,
  configurations,
  type Heard,
  heardOf,
  namespace,
  type Said,
  watched,
  watchedRequests,
} from './conversation.ts'

const [server = '', certificate = '', key = ''] = process.argv.slice(2)
const agent = new Agent({ cert: readFileSync(certificate), key: readFileSync(key), rejectUnauthorized: false, keepAlive: true })
const reviews: ReceivedReview[] = []
const hooks = await startWebhookServer((review) => {
  reviews.push(review)
  return answerOf(review)
})

const ask = ({ method, path, body, type = 'application/json' }: Omit<Said, 'what'>) =>
  new Promise<Parameters<typeof heardOf>[0]>((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const headers = { accept: 'application/json', ...(bytes && { 'content-type': type, 'content-length': bytes.length }) }
    const sent = request(`${server}${path}`, { method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ code: response.statusCode ?? 0, warning: response.headers.warning, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(bytes)
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const record = async (name: string, conversation: readonly Said[], withReviews: boolean) => {
  const facts: [string, Heard][] = []
  for (const said of conversation) {
    reviews.length = 0
    const answer = await ask(said)
    facts.push([said.what, heardOf(answer, withReviews ? [...reviews] : undefined)])
    if (withReviews) await pause(100)
  }
  const lines = facts.map(([what, heard]) => `  ${JSON.stringify(what)}: ${JSON.stringify(heard)}`)
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
  console.log(`${lines.length} facts in ${name}.json`)
}

await ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } })
await ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: watched, labels: { watched: 'yes' } } } })
const group = '/apis/admissionregistration.k8s.io/v1'
for (const [plural, webhooks] of Object.entries(configurations(hooks))) {
  const { code, text } = await ask({
    method: 'POST',
    path: `${group}/${plural}`,
    body: { metadata: { name: 'facts' }, webhooks },
  })
  if (code !== 201) throw new Error(text)
}
// They count a moment later.
await pause(3000)
await record('behaviours', behaving, false)
await record('reviews', watchedRequests, true)
for (const plural of Object.keys(configurations(hooks))) await ask({ method: 'DELETE', path: `${group}/${plural}/facts` })
await hooks.stop()
agent.destroy()
