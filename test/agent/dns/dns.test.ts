import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type DecodedPacket, decode, encode, type Packet, type Question, RECURSION_DESIRED } from 'dns-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dns, startDns } from '../../../agent/dns/server.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { createListInformer } from '../network/list-informer.ts'

const log = createLogger({ write: (line) => console.error(line), level: 'warn' })
const services = createListInformer<Service>()
const endpointSlices = createListInformer<EndpointSlice>()
const asked: string[] = []
let outside: Socket
let dns: Dns
let resolvers: readonly string[] = []

const service = (name: string, spec: Partial<Service['spec']>): Service => ({ metadata: { namespace: 'default', name }, spec })
const slice = (name: string, endpoints: EndpointSlice['endpoints']): EndpointSlice => ({
  metadata: { namespace: 'default', name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  endpoints,
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
})

const message = (question: Partial<Question>, more: Partial<Packet> = {}) =>
  encode({ type: 'query', id: 4711, flags: RECURSION_DESIRED, questions: [{ name: '', type: 'A', ...question }], ...more })

const send = async (bytes: Buffer): Promise<Buffer> => {
  const socket = createSocket('udp4')
  try {
    socket.send(bytes, dns.port, '127.0.0.1')
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(5_000) })) as [Buffer]
    return answer
  } finally {
    socket.close()
  }
}

const ask = async (name: string, type: Question['type'] = 'A') => {
  const answer = decode(await send(message({ name, type }))) as DecodedPacket & { rcode: string }
  const data = (answer.answers ?? []).map((record) => ('data' in record ? record.data : undefined))
  return { code: answer.rcode, data, authorities: (answer.authorities ?? []).map(({ type }) => type), answer }
}

const askByTcp = async (bytes: Buffer): Promise<Packet[]> => {
  const socket = connect({ host: '127.0.0.1', port: dns.port })
  socket.end(bytes)
  const received = Buffer.concat((await socket.toArray()) as Buffer[])
  const answers: Packet[] = []
  for (let offset = 0; offset < received.length; offset += 2 + received.readUInt16BE(offset))
    answers.push(decode(received.subarray(offset + 2, offset + 2 + received.readUInt16BE(offset))))
  return answers
}
const prefixed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])

beforeAll(async () => {
  outside = createSocket('udp4')
  outside.on('message', (bytes, from) => {
    const { questions = [] } = decode(bytes)
    const [question] = questions
    asked.push(question!.name)
    const answers = question!.name.endsWith('.test') ? [{ type: 'A' as const, name: question!.name, data: '198.51.100.7' }] : []
    const flags = answers.length > 0 ? 0 : 3
    outside.send(encode({ type: 'response', id: bytes.readUInt16BE(0), flags, questions, answers }), from.port, from.address)
  })
  outside.bind(0, '127.0.0.1')
  await once(outside, 'listening')
  resolvers = [`127.0.0.1:${outside.address().port}`]
  services.set(
    service('orders-service', {
      clusterIP: '10.96.3.4',
      ports: [
        { name: 'http', port: 80 },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    }),
  )
  services.set(service('bare', { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] }))
  endpointSlices.set(
    slice('bare', [
      { addresses: ['10.244.0.2'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.244.0.3'], conditions: {} },
      { addresses: ['10.244.0.4'], conditions: { ready: false } },
    ]),
  )
  services.set(service('nobody', { clusterIP: 'None' }))
  services.set(service('elsewhere', { type: 'ExternalName', externalName: 'db.example.test.' }))
  services.set(service('alias', { type: 'ExternalName', externalName: 'orders-service.default.svc.cluster.local' }))
  services.set(service('circle', { type: 'ExternalName', externalName: 'circle.default.svc.cluster.local' }))
  dns = await startDns({
    addresses: ['127.0.0.1'],
    port: 0,
    services,
    endpointSlices,
    clusterDomain: 'cluster.local',
    upstreams: () => resolvers,
    ranges: ['10.96.0.0/16', '10.244.0.0/16'],
    log,
  })
})

afterAll(async () => {
  await dns?.stop()
  outside?.close()
})

const srv = (target: string, port: number, weight: number) => ({ priority: 0, weight, port, target })

describe('names of the cluster', () => {
  it.each([
    ['a ClusterIP Service', 'orders-service.default.svc.cluster.local', 'A', ['10.96.3.4']],
    [
      'its port',
      '_http._tcp.orders-service.default.svc.cluster.local',
      'SRV',
      [srv('orders-service.default.svc.cluster.local', 80, 100)],
    ],
    [
      'its UDP port',
      '_dns._udp.orders-service.default.svc.cluster.local',
      'SRV',
      [srv('orders-service.default.svc.cluster.local', 53, 100)],
    ],
    ['ready addresses of a headless Service', 'bare.default.svc.cluster.local', 'A', ['10.244.0.2', '10.244.0.3']],
    ['a pod of a headless Service by hostname', 'db-0.bare.default.svc.cluster.local', 'A', ['10.244.0.2']],
    ['a pod of a headless Service by address', '10-244-0-3.bare.default.svc.cluster.local', 'A', ['10.244.0.3']],
    [
      'ports of a headless Service',
      '_http._tcp.bare.default.svc.cluster.local',
      'SRV',
      [srv('10-244-0-3.bare.default.svc.cluster.local', 8080, 50), srv('db-0.bare.default.svc.cluster.local', 8080, 50)],
    ],
    ['a pod by address', '10-244-1-9.default.pod.cluster.local', 'A', ['10.244.1.9']],
    ['an ExternalName', 'elsewhere.default.svc.cluster.local', 'A', ['198.51.100.7', 'db.example.test']],
    [
      'an ExternalName inside the cluster',
      'alias.default.svc.cluster.local',
      'A',
      ['10.96.3.4', 'orders-service.default.svc.cluster.local'],
    ],
    ['an address of a Service', '4.3.96.10.in-addr.arpa', 'PTR', ['orders-service.default.svc.cluster.local']],
    ['an address of a headless pod', '2.0.244.10.in-addr.arpa', 'PTR', ['db-0.bare.default.svc.cluster.local']],
    ['the version', 'dns-version.cluster.local', 'TXT', [[Buffer.from('1.1.0')]]],
  ] as const)('answers %s', async (_what, name, type, expected) => {
    const { code, data, answer } = await ask(name, type)
    expect(code).toBe('NOERROR')
    expect([...data].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual(expected)
    expect(answer.flag_aa).toBe(true)
    expect(answer.answers?.every((record) => !('ttl' in record) || (record.ttl ?? 0) <= 5)).toBe(true)
  })

  it.each([
    ['another type of a name that exists', 'orders-service.default.svc.cluster.local', 'AAAA'],
    ['a namespace', 'default.svc.cluster.local', 'A'],
    ['the middle of an SRV name', '_tcp.orders-service.default.svc.cluster.local', 'SRV'],
    ['the top', 'svc.cluster.local', 'A'],
  ] as const)('says of %s that there is no such record', async (_what, name, type) => {
    expect(await ask(name, type)).toMatchObject({ code: 'NOERROR', data: [], authorities: ['SOA'] })
  })

  it.each([
    'other.default.svc.cluster.local',
    'orders-service.other.svc.cluster.local',
    'a.orders-service.default.svc.cluster.local',
    '_https._tcp.orders-service.default.svc.cluster.local',
    'nobody.default.svc.cluster.local',
    'other.svc.cluster.local',
    'orders-service.default.svc.cluster.local.svc.cluster.local',
    'example.test.cluster.local',
    '9.9.96.10.in-addr.arpa',
  ])('says that there is no %s and asks nobody else', async (name) => {
    const before = asked.length
    expect(await ask(name, name.endsWith('arpa') ? 'PTR' : 'A')).toMatchObject({
      code: 'NXDOMAIN',
      data: [],
      authorities: ['SOA'],
    })
    expect(asked.length).toBe(before)
  })

  it('gives the addresses of SRV targets along', async () => {
    const { answer } = await ask('_http._tcp.orders-service.default.svc.cluster.local', 'SRV')
    expect(answer.additionals).toMatchObject([{ type: 'A', name: 'orders-service.default.svc.cluster.local', data: '10.96.3.4' }])
  })

  it('keeps upper and lower case of the question', async () => {
    const { answer } = await ask('Orders-SERVICE.default.svc.Cluster.Local')
    expect(answer.questions?.[0]?.name).toBe('Orders-SERVICE.default.svc.Cluster.Local')
    expect(answer.answers).toMatchObject([{ name: 'Orders-SERVICE.default.svc.Cluster.Local', data: '10.96.3.4' }])
  })

  it('knows a change at the next question', async () => {
    const name = 'moving.default.svc.cluster.local'
    expect(await ask(name)).toMatchObject({ code: 'NXDOMAIN' })
    services.set(service('moving', { clusterIP: 'None' }))
    endpointSlices.set(slice('moving', [{ addresses: ['10.244.0.9'] }]))
    expect(await ask(name)).toMatchObject({ data: ['10.244.0.9'] })
    endpointSlices.set(slice('moving', [{ addresses: ['10.244.0.10'] }]))
    expect(await ask(name)).toMatchObject({ data: ['10.244.0.10'] })
    expect(await ask('9.0.244.10.in-addr.arpa', 'PTR')).toMatchObject({ code: 'NXDOMAIN' })
    services.delete('default', 'moving')
    expect(await ask(name)).toMatchObject({ code: 'NXDOMAIN' })
  })

  it('ends an alias that leads to itself with a failure', async () => {
    expect(await ask('circle.default.svc.cluster.local')).toMatchObject({ code: 'SERVFAIL' })
  })
})

describe('messages', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ addresses: [`10.244.2.${index + 1}`] }))

  it('truncates what is too long for UDP, takes EDNS sizes and gives everything by TCP', async () => {
    services.set(service('many', { clusterIP: 'None' }))
    endpointSlices.set(slice('many', many))
    const name = 'many.default.svc.cluster.local'
    const small = await send(message({ name }))
    expect(small.length).toBeLessThanOrEqual(512)
    expect(decode(small).flag_tc).toBe(true)
    const opt = {
      type: 'OPT' as const,
      name: '.',
      udpPayloadSize: 4096,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    }
    const larger = await send(message({ name }, { additionals: [opt] }))
    expect(larger.length).toBeGreaterThan(512)
    expect(larger.length).toBeLessThanOrEqual(1232)
    expect(decode(larger).additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }])
    const [whole] = await askByTcp(prefixed(message({ name })))
    expect(whole?.answers).toHaveLength(100)
  })

  it('answers several questions on one connection in order', async () => {
    const names = ['orders-service.default.svc.cluster.local', 'other.default.svc.cluster.local']
    const answers = await askByTcp(Buffer.concat(names.map((name) => prefixed(message({ name })))))
    expect(answers.map((answer) => answer.questions?.[0]?.name)).toEqual(names)
  })

  it('answers malformed messages with FORMERR or not at all, and goes on', async () => {
    const good = message({ name: 'orders-service.default.svc.cluster.local' })
    expect(decode(await send(good.subarray(0, 20)))).toMatchObject({ rcode: 'FORMERR' })
    const pointing = Buffer.from(good)
    pointing.writeUInt16BE(0xc00c, 12)
    expect(decode(await send(pointing))).toMatchObject({ rcode: 'FORMERR' })
    const update = Buffer.from(good)
    update.writeUInt16BE(0x2800, 2)
    expect(decode(await send(update))).toMatchObject({ rcode: 'NOTIMP' })
    const socket = createSocket('udp4')
    let seed = 1
    const next = () => {
      seed = (seed * 48271) % 0x7fffffff
      return seed
    }
    for (let count = 0; count < 2_000; count++) {
      const damaged = Buffer.from(good.subarray(0, next() % (good.length + 1)))
      for (let changes = next() % 8; changes > 0 && damaged.length > 4; changes--)
        damaged[4 + (next() % (damaged.length - 4))] = next() % 256
      socket.send(damaged, dns.port, '127.0.0.1')
    }
    await askByTcp(Buffer.from([0, 3, 1, 2, 3, 255]))
    expect(await ask('orders-service.default.svc.cluster.local')).toMatchObject({ data: ['10.96.3.4'] })
    socket.close()
  })
})

describe('names outside', () => {
  it('passes them on to the resolvers of the machine, by the asker’s own words', async () => {
    const { answer, data } = await ask('Www.example.test')
    expect(data).toEqual(['198.51.100.7'])
    expect(answer.id).toBe(4711)
    expect(answer.flag_aa).toBe(false)
    expect(await ask('nothing.example')).toMatchObject({ code: 'NXDOMAIN' })
  })

  it('says soon that no resolver answers', async () => {
    const former = resolvers
    const closed = createSocket('udp4').bind(0, '127.0.0.1')
    await once(closed, 'listening')
    resolvers = [`127.0.0.1:${closed.address().port}`]
    closed.close()
    expect(await ask('www.example.test')).toMatchObject({ code: 'SERVFAIL' })
    resolvers = []
    expect(await ask('www.example.test')).toMatchObject({ code: 'SERVFAIL' })
    resolvers = former
    expect(await ask('www.example.test')).toMatchObject({ code: 'NOERROR' })
  })
})
