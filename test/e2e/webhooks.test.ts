import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { createAuthority, issue } from '../../shared/identity/certificates.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, service } from './object.ts'

const why = whyNoContainers()

/** Labels what is created, and refuses what says so. */
const program = `
require('https').createServer({ cert: process.env.CERT, key: process.env.KEY }, (message, response) => {
  let text = ''
  message.on('data', (part) => (text += part)).on('end', () => {
    if (message.url === '/ready') return response.end()
    const { apiVersion, request } = JSON.parse(text)
    const { uid, object } = request
    const refused = object && object.data && object.data.refuse
    const patch = Buffer.from(JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { by: process.env.HOSTNAME } }])).toString('base64')
    const answer = message.url.startsWith('/change')
      ? { uid, allowed: true, patchType: 'JSONPatch', patch }
      : { uid, allowed: !refused, status: { message: 'it says so itself' }, warnings: ['looked at'] }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ apiVersion, kind: 'AdmissionReview', response: answer }))
  })
}).listen(8443)`

describe.skipIf(why !== undefined)(titled('admission webhooks in pods', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 1 })
  const { kubectl } = cluster
  let caBundle = ''

  const rule = (operations: string[]) => ({ operations, apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] })
  const configuration = (kind: string, path: string, operations: string[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'guard.example.com',
        clientConfig: { service: { namespace: 'guard', name: 'guard', path, port: 443 }, caBundle },
        rules: [rule(operations)],
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 5,
      },
    ],
  })
  const inGuard = (object: { metadata: object }) => ({ ...object, metadata: { ...object.metadata, namespace: 'guard' } })

  beforeAll(async () => {
    const authority = await createAuthority('guard-authority')
    const { certificate, key } = await issue(authority, { name: 'guard', dnsNames: ['guard.guard.svc'], usage: 'server' })
    caBundle = Buffer.from(authority.certificate).toString('base64')
    await buildImages(() => undefined)
    await cluster.start()
    const env = [
      { name: 'CERT', value: certificate },
      { name: 'KEY', value: key },
    ]
    const readinessProbe = { httpGet: { scheme: 'HTTPS', port: 8443, path: '/ready' }, periodSeconds: 1 }
    const containers = [container({ command: ['node', '-e', program], env, readinessProbe })]
    await kubectl.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guard' } },
      inGuard({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'guard' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'guard' } },
          template: { metadata: { labels: { app: 'guard' } }, spec: { containers } },
        },
      } as never),
      inGuard(service('guard', { selector: { app: 'guard' }, ports: [{ port: 443, targetPort: 8443 }] })),
    )
    await kubectl.ok('rollout', 'status', 'deployment/guard', '-n', 'guard', '--timeout=90s')
  })
  afterAll(() => cluster.dispose())

  it('change and refuse what they are shown', async () => {
    await kubectl.apply(configuration('Mutating', '/change', ['CREATE']), configuration('Validating', '/check', ['CREATE']))
    await kubectl.ok('create', 'configmap', 'good', '--from-literal=a=b')
    expect(await kubectl.field('.metadata.labels.by', 'configmap', 'good')).toMatch(/^guard-/)
    const refused = await kubectl.run(['create', 'configmap', 'bad', '--from-literal=refuse=me'])
    expect(refused.stderr).toContain(
      'error: failed to create configmap: admission webhook "guard.example.com" denied the request: it says so itself',
    )
    expect(refused.stderr).toContain('Warning: looked at')
  })

  it('go on while their pods are replaced', async () => {
    await kubectl.ok('delete', 'pods', '-n', 'guard', '-l', 'app=guard', '--wait=false', '--grace-period=1')
    await eventually('a creation with another pod', {
      ask: () => kubectl.run(['create', 'configmap', `after-${Date.now()}`, '--from-literal=a=b']),
      wanted: ({ code }) => code === 0,
    })
  })

  // https://github.com/kubernetes/kubernetes/issues/56761
  it('can be taken away in a cluster that starts, though nobody answers for them', async () => {
    const everything = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }
    const broken = configuration('Validating', '/check', ['CREATE'])
    const [hook] = broken.webhooks
    const clientConfig = { url: 'https://127.0.0.1:1/nobody' }
    await kubectl.apply({
      ...broken,
      metadata: { name: 'broken' },
      webhooks: [{ ...hook, name: 'broken.example.com', clientConfig, rules: [everything] }],
    })
    await cluster.interrupt()
    const started = cluster.start()
    await eventually('an API that says who keeps it from working', {
      ask: () => kubectl.run(['create', 'secret', 'generic', 'nobody']),
      wanted: ({ stderr }) => stderr.includes('failed calling webhook "broken.example.com"'),
    })
    await kubectl.ok('delete', 'validatingwebhookconfiguration', 'broken')
    await started
    await kubectl.ok('wait', '--for=condition=Ready', 'node', '--all', '--timeout=60s')
  })

  // https://github.com/thyarles/knsk/issues/28
  it('hold the deletion of their own namespace until they are taken away', async () => {
    await kubectl.apply(configuration('Validating', '/check', ['DELETE']))
    await kubectl.ok('delete', 'deployment,service', 'guard', '-n', 'guard')
    await kubectl.ok('delete', 'namespace', 'guard', '--wait=false')
    const told = '.status.conditions[?(@.type=="NamespaceDeletionContentFailure")].message'
    await eventually('a condition that says why', {
      ask: () => kubectl.field(told, 'namespace', 'guard'),
      wanted: (text) => text.includes('failed calling webhook "guard.example.com"') && text.includes('service "guard" not found'),
    })
    await kubectl.ok('delete', 'validatingwebhookconfiguration', 'guard')
    await kubectl.ok('wait', '--for=delete', 'namespace/guard', '--timeout=90s')
  })
})
