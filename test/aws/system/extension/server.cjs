// What runs in the pod: a validating webhook, and an API of its own kind that lives in memory. Plain Node.js, as its image has it.
const { createServer } = require('node:https')
const { readFileSync } = require('node:fs')

const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(`/certificate/${name}`))
const group = 'moods.example.com'
const moods = new Map()

const review = ({ request }) => {
  const allowed = request.object?.data?.mood !== 'grumpy'
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      allowed,
      warnings: ['seen'],
      ...(allowed ? {} : { status: { message: 'no grumpiness here' } }),
    },
  }
}

const resources = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: `${group}/v1`,
  resources: [{ name: 'moods', singularName: 'mood', namespaced: true, kind: 'Mood', verbs: ['get', 'list', 'create'] }],
}
const mood = (name) => ({
  apiVersion: `${group}/v1`,
  kind: 'Mood',
  metadata: { name, namespace: 'default' },
  spec: moods.get(name),
})

const answer = (method, path, body, headers) => {
  if (path === '/validate') return review(JSON.parse(body))
  if (path === `/apis/${group}/v1`) return resources
  const name = path.split('/moods/')[1]
  if (name) return mood(name)
  if (path.endsWith('/moods') && method === 'POST') {
    const { metadata, spec } = JSON.parse(body)
    moods.set(metadata.name, { ...spec, by: headers['x-remote-user'] })
    return mood(metadata.name)
  }
  if (path.endsWith('/moods'))
    return { apiVersion: `${group}/v1`, kind: 'MoodList', metadata: {}, items: [...moods.keys()].map(mood) }
  return undefined
}

createServer({ cert, key }, (request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const { pathname } = new URL(request.url, 'https://x')
    const found = answer(request.method, pathname, Buffer.concat(pieces).toString(), request.headers)
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound' }))
  })
}).listen(8443)
process.on('SIGTERM', () => process.exit())
