import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImages } from '../../examples/orders/images/build.ts'
import { Cluster, titled, whyNoContainers } from './cluster.ts'
import { eventually } from './kubectl.ts'
import { container, deployment, idle, pod, sayName, service } from './object.ts'

const why = whyNoContainers()

describe.skipIf(why !== undefined)(titled('services between real containers', why), () => {
  const cluster = new Cluster({ runtime: 'docker', nodes: 2 })
  const { kubectl } = cluster

  const selector = { app: 'names' }
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }]

  beforeAll(async () => {
    await buildImages(() => undefined)
    await cluster.start()
    await kubectl.apply(
      deployment('names', {
        replicas: 4,
        spec: {
          containers: [
            container({
              command: sayName(8080),
              readinessProbe: { exec: { command: ['test', '!', '-f', '/tmp/away'] }, periodSeconds: 1 },
            }),
          ],
        },
      }),
      service('names', { selector, ports }),
      pod('client', { containers: [container({ command: idle })] }),
    )
    await kubectl.ok('rollout', 'status', 'deployment/names', '--timeout=60s')
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/client', '--timeout=60s')
  })
  afterAll(() => cluster.dispose())

  const call = (url: string, from = 'client') => kubectl.ok('exec', from, '--', 'timeout', '5', 'wget', '-qO-', url)
  const calls = async (url: string, count: number, from = 'client') => {
    const loop = `for i in $(seq ${count}); do timeout 5 wget -qO- ${url}; echo; done`
    return (await kubectl.ok('exec', from, '--', 'sh', '-c', loop)).trim().split('\n')
  }
  const namesIn = (answers: readonly string[]) => new Set(answers.map((answer) => answer.split(' ')[0]))
  const podNames = async () => new Set((await kubectl.field('.items[*].metadata.name', 'pods', '-l', 'app=names')).split(' '))
  const lookUp = (name: string, ...types: string[]) => kubectl.ok('exec', 'client', '--', 'nslookup', ...types, name)

  it('spreads requests over the pods of both nodes, under every form of the name', async () => {
    const nodes = new Set((await kubectl.field('.items[*].spec.nodeName', 'pods', '-l', 'app=names')).split(' '))
    expect(nodes.size).toBe(2)
    const answers = await eventually('all pods answer', {
      ask: () => calls('http://names/', 60),
      wanted: (all) => namesIn(all).size === 4,
    })
    expect(namesIn(answers)).toEqual(await podNames())
    for (const name of ['names', 'names.default', 'names.default.svc', 'names.default.svc.cluster.local']) {
      expect(await call(`http://${name}/`)).toMatch(/^names-/)
    }
  })

  it('keeps the address of the client', async () => {
    const address = await kubectl.field('.status.podIP', 'pod', 'client')
    expect(await call('http://names/')).toContain(address)
  })

  it('asks only pods that are ready', async () => {
    const [away] = [...(await podNames())]
    await kubectl.ok('exec', away!, '--', 'touch', '/tmp/away')
    await eventually('three endpoints', {
      ask: () => kubectl.field('.subsets[*].addresses[*].ip', 'endpoints', 'names'),
      wanted: (text) => text.split(' ').length === 3,
    })
    const answers = await eventually('no answer from it', {
      ask: () => calls('http://names/', 40),
      wanted: (all) => !namesIn(all).has(away!),
    })
    expect(namesIn(answers).size).toBe(3)
    await kubectl.ok('exec', away!, '--', 'rm', '/tmp/away')
    await kubectl.ok('rollout', 'status', 'deployment/names', '--timeout=60s')
  })

  // Its bare name is its own address in /etc/hosts, and no Service.
  it('reaches a pod through its own Service', async () => {
    await kubectl.apply(
      pod('alone', { containers: [container({ command: sayName(8080) })] }),
      service('alone', { selector: { app: 'alone' }, ports }),
    )
    await kubectl.ok('wait', '--for=condition=Ready', 'pod/alone', '--timeout=60s')
    const answer = await eventually('an answer from itself', {
      ask: () => call('http://alone.default/', 'alone'),
      wanted: (text) => text.startsWith('alone'),
    })
    expect(answer).toContain('alone')
  })

  it('refuses a connection to a Service without ready pods', async () => {
    await kubectl.apply(service('nobody', { selector: { app: 'nobody' }, ports }))
    await eventually('refused', {
      ask: () => kubectl.run(['exec', 'client', '--', 'timeout', '5', 'wget', '-qO-', 'http://nobody/']),
      wanted: ({ stderr }) => stderr.includes('Connection refused'),
    })
  })

  it('answers names: headless, SRV, ExternalName, reverse, none', async () => {
    await kubectl.apply(
      service('headless', { clusterIP: 'None', selector, ports }),
      service('outside', { type: 'ExternalName', externalName: 'names.default.svc.cluster.local' }),
    )
    const addresses = (await kubectl.field('.items[*].status.podIP', 'pods', '-l', 'app=names')).split(' ').sort()
    await eventually('all addresses of the headless Service', {
      ask: () => lookUp('headless.default.svc.cluster.local'),
      wanted: (text) => addresses.every((address) => text.includes(address)),
    })
    expect(await lookUp('_http._tcp.names.default.svc.cluster.local', '-type=SRV')).toMatch(
      /service = 0 \d+ 80 names\.default\.svc\.cluster\.local/,
    )
    expect(await lookUp('outside.default.svc.cluster.local')).toMatch(
      /outside\.default\.svc\.cluster\.local\s+canonical name = names\.default\.svc\.cluster\.local/,
    )
    expect(await call('http://outside/')).toMatch(/^names-/)
    const clusterIP = await kubectl.field('.spec.clusterIP', 'service', 'names')
    expect(await lookUp(clusterIP)).toContain('names.default.svc.cluster.local')
    expect((await kubectl.run(['exec', 'client', '--', 'nslookup', 'none.default.svc.cluster.local'])).stdout).toContain(
      'NXDOMAIN',
    )
  })

  it('opens NodePort and LoadBalancer on every node, and on localhost', async () => {
    await kubectl.apply(
      service('node-port', { type: 'NodePort', selector, ports: [{ ...ports[0], nodePort: 30123 }] }),
      service('balanced', { type: 'LoadBalancer', selector, ports: [{ name: 'http', port: 8099, targetPort: 8080 }] }),
    )
    const answered = (url: string) =>
      eventually(`an answer from ${url}`, {
        ask: async () => (await fetch(url, { signal: AbortSignal.timeout(3000) })).text(),
        wanted: (text) => text.startsWith('names-'),
        seconds: 20,
      })
    const nodes = (await kubectl.field('.items[*].status.addresses[?(@.type=="InternalIP")].address', 'nodes')).split(' ')
    for (const address of [...nodes, '127.0.0.1']) await answered(`http://${address}:30123/`)
    const external = await eventually('an external address', {
      ask: () => kubectl.field('.status.loadBalancer.ingress[0].ip', 'service', 'balanced'),
      wanted: (text) => text !== '',
    })
    await answered(`http://${external}:8099/`)
    for (const address of nodes) expect(await call(`http://${address}:30123/`)).toMatch(/^names-/)
    expect(await kubectl.ok('get', 'service', 'node-port')).toMatch(/node-port +NodePort +10\.96\.\S+ +<none> +80:30123\/TCP/)
    expect(
      (
        await kubectl.run(['apply', '-f', '-'], {
          input: JSON.stringify(service('second', { type: 'NodePort', ports: [{ port: 1, nodePort: 30123 }] })),
        })
      ).stderr,
    ).toContain('provided port is already allocated')
  })

  it('stays with one pod when asked to', async () => {
    await kubectl.apply(service('sticky', { sessionAffinity: 'ClientIP', selector, ports }))
    await eventually('an answer', { ask: () => call('http://sticky/'), wanted: (text) => text.startsWith('names-') })
    expect(namesIn(await calls('http://sticky/', 30)).size).toBe(1)
  })

  it('follows a change of the ports and of the selector', async () => {
    await kubectl.ok(
      'patch',
      'service',
      'alone',
      '-p',
      '{"spec":{"ports":[{"name":"http","port":81,"targetPort":8080}]}}',
      '--type=merge',
    )
    await eventually('an answer on the new port', {
      ask: () => call('http://alone:81/'),
      wanted: (text) => text.startsWith('alone'),
    })
    await kubectl.ok('patch', 'service', 'alone', '-p', '{"spec":{"selector":{"app":"names"}}}')
    await eventually('an answer from the new pods', {
      ask: () => call('http://alone:81/'),
      wanted: (text) => text.startsWith('names-'),
    })
  })

  it('has the API under its own name in each pod', async () => {
    const script = `const fs = require('fs'), dir = '/var/run/secrets/kubernetes.io/serviceaccount/';
      require('https').get('https://kubernetes.default.svc/api', { ca: fs.readFileSync(dir + 'ca.crt'),
        headers: { authorization: 'Bearer ' + fs.readFileSync(dir + 'token', 'utf8') } }, (r) => { console.log(r.statusCode); r.pipe(process.stdout) })`
    expect(await kubectl.ok('exec', 'client', '--', 'node', '-e', script)).toMatch(/^200\n[\s\S]*APIVersions/)
  })
})
