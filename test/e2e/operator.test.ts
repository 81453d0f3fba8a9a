import { execFileSync } from 'node:child_process'
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { createAuthority, issue, type KeyPair } from '../../shared/identity/certificates.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { nodeImage } from './object.ts'
import { buildOperator } from './operator/build.ts'
import { operatorImage, operatorManifests } from './operator/manifests.ts'

const whyNoGo = (): string | undefined => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no Go'
  }
}
const why = whyNoContainers() ?? whyNoGo()

interface Website {
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> }
  readonly spec: { readonly host?: string; readonly hosts?: string[]; readonly pages: Record<string, string>; replicas: number }
  readonly status?: { readonly readyReplicas?: number }
}

describe.skipIf(why !== undefined)(titled('an operator of controller-runtime, as it is', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2 })
  const { kubectl } = cluster
  let authority: KeyPair

  beforeAll(async () => {
    await buildImages(() => undefined)
    await buildOperator(operatorImage)
    await cluster.start()
    authority = await createAuthority('websites')
    const { certificate, key } = await issue(authority, {
      ...{ name: 'webhooks', usage: 'server' },
      dnsNames: ['webhooks.websites.svc'],
    })
    const flags = [`--server-image=${nodeImage}`, '--pause=150ms']
    const [namespace, definition, ...rest] = operatorManifests({ authority: authority.certificate, certificate, key, flags })
    await kubectl.apply(namespace!, definition!)
    await kubectl.ok('wait', '--for=condition=Established', 'crd/websites.websites.example.com', '--timeout=20s')
    await kubectl.apply(...rest)
    await kubectl.ok('rollout', 'status', 'deployment/operator', '-n', 'websites', '--timeout=90s')
  }, 900_000)
  afterAll(() => cluster.dispose())

  const website = (version: 'v1' | 'v2', name: string, spec: object, metadata: object = {}) => ({
    apiVersion: `websites.example.com/${version}`,
    kind: 'Website',
    metadata: { name, ...metadata },
    spec,
  })
  const get = (version: string, name: string) => kubectl.json<Website>('get', `websites.${version}.websites.example.com`, name)
  const registry = async () =>
    (await kubectl.json<{ data?: Record<string, string> }>('get', 'configmap', 'registry', '-n', 'websites')).data ?? {}
  const serves = (...names: string[]) =>
    kubectl.ok('wait', '--for=condition=Ready', ...names.map((name) => `website/${name}`), '--timeout=120s')

  it('fills in what a site leaves out, and serves it in both versions', async () => {
    await kubectl.apply(website('v1', 'blog', { host: 'blog.example.com' }))
    const stored = await get('v2', 'blog')
    expect(stored.spec).toEqual({
      hosts: ['blog.example.com'],
      pages: { 'index.html': 'welcome to blog\n' },
      replicas: 1,
    })
    expect((await get('v1', 'blog')).spec.host).toBe('blog.example.com')
    await serves('blog')
    expect(await kubectl.ok('get', 'site')).toMatch(/NAME +READY\nblog +True\n/)
    expect(await kubectl.ok('exec', 'deploy/blog', '--', 'wget', '-qO-', 'http://localhost:8080/index.html')).toBe(
      'welcome to blog\n',
    )
    expect(await kubectl.ok('explain', 'website.spec.hosts')).toContain('<[]string>')
  })

  it('keeps in the old version what only the new one can say, through edits of either', async () => {
    await kubectl.apply(website('v2', 'shop', { hosts: ['shop.example.com', 'www.shop.example.com'] }))
    expect((await get('v1', 'shop')).metadata.annotations).toMatchObject({
      'websites.example.com/more-hosts': '["www.shop.example.com"]',
    })
    const patch = JSON.stringify({ spec: { host: 'store.example.com' } })
    await kubectl.ok('patch', 'websites.v1.websites.example.com', 'shop', '--type=merge', '-p', patch)
    expect((await get('v2', 'shop')).spec.hosts).toEqual(['store.example.com', 'www.shop.example.com'])
    const applied = JSON.stringify(website('v1', 'shop', { host: 'store.example.com', replicas: 2 }))
    await kubectl.withInput(applied, 'apply', '--server-side', '--field-manager=me', '--force-conflicts', '-f', '-')
    expect((await get('v2', 'shop')).spec).toMatchObject({ hosts: ['store.example.com', 'www.shop.example.com'], replicas: 2 })
    await kubectl.ok('scale', 'website/shop', '--replicas=3')
    await serves('shop')
    await eventually('three replicas', { ask: () => get('v2', 'shop'), wanted: ({ status }) => status?.readyReplicas === 3 })
  })

  it('refuses in the words of the webhook, and warns', async () => {
    const taken = website('v2', 'thief', { hosts: ['blog.example.com'] }, { namespace: 'websites' })
    expect((await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(taken) })).stderr).toContain(
      'admission webhook "validate.websites.example.com" denied the request: host "blog.example.com" belongs to the website default/blog',
    )
    const large = website('v2', 'large', { hosts: ['large.example.com'], replicas: 6 })
    const { stderr, stdout } = await kubectl.run(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(large) })
    expect(stdout).toContain('created (server dry run)')
    expect(stderr).toContain('Warning: 6 replicas are a lot for a website')
    expect(await kubectl.fails('annotate', 'website/blog', '--dry-run=server', 'a=b', '--resource-version=1')).toContain(
      'the object has been modified',
    )
    await kubectl.ok('annotate', 'website/blog', 'websites.example.com/protected=true')
    expect(await kubectl.fails('delete', 'website/blog')).toContain('denied the request: the website is protected')
    await kubectl.ok('annotate', 'website/blog', 'websites.example.com/protected-')
  })

  it('says what it did in events, and gives its metrics to who may read them', async () => {
    await eventually('the event', {
      ask: () => kubectl.ok('get', 'events', '--field-selector=involvedObject.name=blog,reason=Serving'),
      wanted: (text) => text.includes('a Deployment serves 1 pages'),
    })
    const host = await kubectl.field('.items[0].status.podIP', 'pod', '-n', 'websites', '-l', 'app=operator')
    const metrics = (token?: string) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
        request({ host, port: 8443, path: '/metrics', headers, rejectUnauthorized: false }, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode!, text }))
        })
          .on('error', reject)
          .end()
      })
    const token = async (name: string) => (await kubectl.ok('create', 'token', name, '-n', 'websites')).trim()
    expect((await metrics()).status).toBe(401)
    expect((await metrics(await token('default'))).status).toBe(403)
    const read = await metrics(await token('scraper'))
    expect(read.status).toBe(200)
    expect(read.text).toContain('leader_election_master_status{name="websites.example.com"}')
  })

  it('ends right what its leader was killed in', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `site-${index}`)
    await kubectl.apply(...names.map((name) => website('v2', name, { hosts: [`${name}.example.com`] })))
    await eventually('the first of them', {
      ask: registry,
      wanted: (lines) => Object.keys(lines).filter((host) => host.startsWith('site-')).length >= 3,
    })
    const leader = (await kubectl.field('.spec.holderIdentity', 'lease', '-n', 'websites', 'websites.example.com')).split('_')[0]!
    await kubectl.ok('delete', 'pod', '-n', 'websites', leader, '--grace-period=0', '--force')
    await serves(...names)
    expect(Object.entries(await registry()).filter(([host]) => host.startsWith('site-'))).toHaveLength(12)
    const kept = await kubectl.ok('get', 'deploy,configmap', '-o', 'name')
    for (const name of names) {
      expect(kept.split('\n')).toContain(`deployment.apps/${name}`)
      expect(kept.split('\n')).toContain(`configmap/${name}-pages`)
    }
  })

  it('goes on when the server was away, and lets everything go at the end', async () => {
    await cluster.kill()
    await cluster.start()
    const patch = JSON.stringify({ spec: { pages: { 'index.html': 'again\n' } } })
    await eventually('the webhooks again', {
      ask: () => kubectl.run(['patch', 'website', 'blog', '--type=merge', '-p', patch]),
      wanted: ({ code }) => code === 0,
    })
    await eventually('the new page', {
      ask: () => kubectl.ok('exec', 'deploy/blog', '--', 'wget', '-qO-', 'http://localhost:8080/index.html'),
      wanted: (page) => page === 'again\n',
      seconds: 90,
    })
    await kubectl.ok('delete', 'websites', '--all', '--timeout=90s')
    expect(await registry()).toEqual({})
    await eventually('the end of what they owned', {
      ask: () => kubectl.ok('get', 'deploy,configmap', '-o', 'name'),
      wanted: (text) => text.trim() === 'configmap/kube-root-ca.crt',
    })
  })
})
