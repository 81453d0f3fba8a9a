// What runs in a pod: a server of an API group of its own, toys.example.com/v1, as extension servers are. It believes whom
// kube-system/extension-apiserver-authentication tells it to believe. Toys are lost with the process; one called "bomb" ends it.
const { createServer, get } = require('node:https')
const { readFileSync } = require('node:fs')

const group = 'toys.example.com'
const groupVersion = `${group}/v1`
const kind = { group, version: 'v1', kind: 'Toy' }
const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const [cert, key] = ['tls.crt', 'tls.key'].map((name) => readFileSync(`/certificate/${name}`))

const verbs = ['create', 'get', 'list', 'watch']
const resource = { name: 'toys', singularName: 'toy', namespaced: true, kind: 'Toy', verbs }
const documents = {
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      {
        metadata: { name: group },
        versions: [
          {
            version: 'v1',
            resources: [{ resource: 'toys', responseKind: kind, scope: 'Namespaced', singularResource: 'toy', verbs }],
            freshness: 'Current',
          },
        ],
      },
    ],
  },
  [`/apis/${groupVersion}`]: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: [resource] },
  '/openapi/v3': { paths: { [`apis/${groupVersion}`]: { serverRelativeURL: `/openapi/v3/apis/${groupVersion}?hash=1` } } },
  [`/openapi/v3/apis/${groupVersion}`]: {
    openapi: '3.0.0',
    info: { title: 'toys', version: '1' },
    paths: {
      [`/apis/${groupVersion}/namespaces/{namespace}/toys`]: {
        get: { 'x-kubernetes-action': 'list', 'x-kubernetes-group-version-kind': kind, responses: {} },
      },
    },
    components: {
      schemas: {
        'com.example.toys.v1.Toy': {
          type: 'object',
          description: 'Something to play with.',
          'x-kubernetes-group-version-kind': [kind],
          properties: { colour: { type: 'string', description: 'What colour it has.' } },
        },
      },
    },
  },
}

let revision = 1
const toys = new Map()
const watchers = new Set()

const authentication = () =>
  new Promise((resolve, reject) => {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env
    const headers = { authorization: `Bearer ${readFileSync(`${account}/token`, 'utf8')}` }
    const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication'
    get({ host, port, path, headers, ca: readFileSync(`${account}/ca.crt`) }, (response) => {
      const pieces = []
      response.on('data', (piece) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString()
        if (response.statusCode !== 200) return reject(new Error(`${response.statusCode}: ${text}`))
        resolve(JSON.parse(text).data)
      })
    }).on('error', reject)
  })

const create = (toy, { user, namespace }) => {
  toy.metadata = {
    ...toy.metadata,
    namespace,
    uid: `toy-${++revision}`,
    resourceVersion: String(revision),
    creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
    annotations: { 'toys.example.com/made-by': user },
  }
  toys.set(`${namespace}/${toy.metadata.name}`, toy)
  for (const tell of watchers) tell(toy)
  return toy
}

const answer = (names) => async (request, response) => {
  const json = (value, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  const { pathname, searchParams } = new URL(request.url, 'https://toys')
  const { authorized } = request.socket
  const known = authorized && names.includes(request.socket.getPeerCertificate().subject.CN)
  const status = (code, message) => json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }, code)
  if (!known) return status(401, 'nobody that I know asks')
  if (pathname in documents) return json(documents[pathname])
  const [, namespace, name] = /^\/apis\/toys\.example\.com\/v1\/namespaces\/([^/]+)\/toys(?:\/([^/]+))?$/.exec(pathname) ?? []
  if (namespace === undefined) return status(404, 'there are only toys')
  if (request.method === 'POST') {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const toy = JSON.parse(Buffer.concat(pieces).toString())
    if (toy.metadata.name === 'bomb') process.exit(1)
    return json(create(toy, { user: request.headers['x-remote-user'], namespace }), 201)
  }
  if (name !== undefined) {
    const found = toys.get(`${namespace}/${name}`)
    return found ? json(found) : status(404, `toys.toys.example.com "${name}" not found`)
  }
  if (searchParams.get('watch')) {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    const tell = (object) => response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`)
    const since = Number(searchParams.get('resourceVersion') ?? 0)
    for (const toy of toys.values()) if (Number(toy.metadata.resourceVersion) > since) tell(toy)
    watchers.add(tell)
    response.on('close', () => watchers.delete(tell))
    return
  }
  json({ kind: 'ToyList', apiVersion: groupVersion, metadata: { resourceVersion: String(revision) }, items: [...toys.values()] })
}

process.on('SIGTERM', () => process.exit())
const begin = (data) => {
  const ca = data['requestheader-client-ca-file']
  const names = JSON.parse(data['requestheader-allowed-names'])
  createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, answer(names)).listen(8443)
}
const learn = () =>
  authentication().then(begin, (error) => {
    console.error(String(error))
    setTimeout(learn, 500)
  })
void learn()
