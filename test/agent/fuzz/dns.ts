import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { decode, encode, type Packet } from 'dns-packet'
import { createResolver } from '../../../agent/dns/resolver.ts'
import { listenTcp } from '../../../agent/dns/tcp-listener.ts'
import { listenUdp } from '../../../agent/dns/udp-listener.ts'
import { createUpstream } from '../../../agent/dns/upstream.ts'
import { createZone } from '../../../agent/dns/zone.ts'
import { parseRange } from '../../../shared/meta/ipv4.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../../shared/resources/resource.ts'
import { createListInformer } from '../network/list-informer.ts'
import type { FuzzRandom } from './fuzz-random.ts'
import { type FuzzTarget, finish } from './fuzz-target.ts'

const name = 'orders.default.svc.cluster.local'
const query = (packet: Packet) => encode({ type: 'query', id: 7, flags: 0x100, ...packet })
const edns = {
  type: 'OPT' as const,
  name: '.' as const,
  udpPayloadSize: 4096,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}
/** A name that points to itself, and one that points forward. */
const pointers = [
  [0xc0, 12],
  [0xc0, 200],
  [1, 97, 0xc0, 12],
].map((bytes) => Buffer.concat([query({ questions: [] }).fill(1, 5, 6), Buffer.from([...bytes, 0, 1, 0, 1])]))
const queries = [
  query({ questions: [{ name, type: 'A' }] }),
  query({ questions: [{ name: `_http._tcp.${name}`, type: 'SRV' }] }),
  query({ questions: [{ name: '4.3.96.10.in-addr.arpa', type: 'PTR' }], additionals: [edns] }),
  query({ questions: [{ name: 'outside.test', type: 'AAAA' }], additionals: [edns] }),
  query({ questions: [{ name: 'alias.default.svc.cluster.local', type: 'A' }] }),
  ...pointers,
]
const log = createLogger({ write: (line) => process.stderr.write(`${line}\n`), level: 'error' })

/** The node's DNS with a resolver behind it that answers as oddly as it is asked. */
const start = async () => {
  let odd: FuzzRandom | undefined
  const outside = createSocket('udp4')
  outside.on('message', (message, from) => {
    const right = Buffer.from(message)
    right[2] = right[2]! | 0x80
    outside.send(odd?.chance(2) ? odd.input([right]) : right, from.port, from.address, () => undefined)
  })
  outside.bind(0, '127.0.0.1')
  await once(outside, 'listening')
  const services = createListInformer<Service>([
    { metadata: { namespace: 'default', name: 'orders' }, spec: { clusterIP: '10.96.3.4', ports: [{ name: 'http', port: 80 }] } },
    { metadata: { namespace: 'default', name: 'alias' }, spec: { type: 'ExternalName', externalName: 'outside.test' } },
  ])
  const ranges = ['10.96.0.0/16', '10.244.0.0/16'].map(parseRange)
  const zone = createZone({
    services,
    endpointSlices: createListInformer<EndpointSlice>(),
    clusterDomain: 'cluster.local',
    ranges,
  })
  const upstream = createUpstream({
    resolvers: () => [`127.0.0.1:${outside.address().port}`],
    ...{ timeoutMilliseconds: 20, restMilliseconds: 0 },
  })
  const resolve = createResolver({ zone, upstream, log })
  return {
    ...{ resolve, upstream },
    behave: (random: FuzzRandom | undefined) => {
      odd = random
    },
    stop: () => {
      zone.stop()
      outside.close()
    },
  }
}

const expectAnswer = (bytes: Buffer) => {
  const { answers = [] } = decode(bytes)
  if (JSON.stringify(answers[0] && 'data' in answers[0] && answers[0].data) !== '"10.96.3.4"') throw new Error('no right answer')
}

export const dnsOverUdp = async (): Promise<FuzzTarget> => {
  const { resolve, behave, stop } = await start()
  const socket = await listenUdp({ address: '127.0.0.1', port: 0, resolve, log })
  const client = createSocket('udp4').bind(0, '127.0.0.1')
  await once(client, 'listening')
  const own = client.address().port
  client.on('message', () => undefined)
  return {
    feed: async (random, count) => {
      behave(random)
      for (let left = count; left > 0; left--) {
        const port = random.pick([0, own, 1, 65_535])
        const address = random.pick(['127.0.0.1', '127.0.0.2', '0.0.0.0', '255.255.255.255'])
        socket.emit('message', random.input(queries), { address, port, family: 'IPv4', size: 0 })
      }
      await new Promise((done) => setImmediate(done))
    },
    alive: async () => {
      const asker = createSocket('udp4')
      asker.send(queries[0]!, socket.address().port, '127.0.0.1')
      const [answer] = (await once(asker, 'message', { signal: AbortSignal.timeout(5000) })) as [Buffer]
      asker.close()
      expectAnswer(answer)
    },
    close: async () => {
      socket.close()
      client.close()
      stop()
    },
  }
}

const prefixed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])

export const dnsOverTcp = async (): Promise<FuzzTarget> => {
  const { resolve, behave, stop } = await start()
  const { tcp, close } = await listenTcp({ address: '127.0.0.1', port: 0, resolve, log })
  const { port } = tcp.address() as { port: number }
  const dial = async (): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    return socket
  }
  return {
    feed: async (random, count) => {
      behave(random)
      for (let left = count; left > 0; ) {
        const socket = await dial()
        for (let some = random.integer(25); some >= 0 && left > 0; some--, left--) {
          const input = random.chance(4) ? random.input(queries.map(prefixed)) : prefixed(random.input(queries))
          socket.write(random.chance(3) ? input.subarray(0, random.integer(input.length + 1)) : input)
        }
        await finish(socket)
      }
    },
    alive: async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.end(prefixed(queries[0]!))
      expectAnswer(Buffer.concat((await socket.toArray()) as Buffer[]).subarray(2))
    },
    close: async () => {
      await close()
      stop()
    },
  }
}

/** What comes back from outside. */
export const dnsAnswers = async (): Promise<FuzzTarget> => {
  const { resolve, behave, stop } = await start()
  return {
    feed: async (random, count) => {
      behave(random)
      const ask = (index: number) => resolve(queries[3 + (index % 2)]!, 'udp', `10.244.0.${index}`)
      await Promise.all(Array.from({ length: count }, (_, index) => ask(index)))
    },
    alive: async () => {
      behave(undefined)
      const answer = await resolve(queries[3]!, 'udp', '10.244.1.1')
      if (decode(answer!).id !== 7) throw new Error('no answer of the resolver')
    },
    close: async () => stop(),
  }
}
