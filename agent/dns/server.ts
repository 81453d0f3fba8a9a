import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Informer } from '../../shared/client/informer.ts'
import { parseRange } from '../../shared/meta/ipv4.ts'
import type { Logger } from '../../shared/platform/log.ts'
import type { EndpointSlice, Service } from '../../shared/resources/resource.ts'
import { createResolver, type Resolve } from './resolver.ts'
import { createUpstream, lengthPrefix } from './upstream.ts'
import { createZone } from './zone.ts'

export interface DnsOptions {
  /** on the machine: the node's own address, first of its podCIDR */
  readonly addresses: readonly string[]
  /** 0: any (tests) */
  readonly port: number
  readonly services: Informer<Service>
  readonly endpointSlices: Informer<EndpointSlice>
  readonly clusterDomain: string
  /** resolvers for every other name, see `hostResolvers` */
  readonly upstreams: () => readonly string[]
  /** ranges of pods and Services, whose reverse names are not asked outside */
  readonly ranges: readonly string[]
  readonly log: Logger
}

export interface Dns {
  /** the port in use on the first address */
  readonly port: number
  stop(): Promise<void>
}

const idleMilliseconds = 10_000
const maxConnections = 500

/** The node's DNS: names of the cluster out of memory, all others from the machine's resolvers. */
export const startDns = async (options: DnsOptions): Promise<Dns> => {
  const { addresses, services, endpointSlices, clusterDomain, upstreams, log } = options
  await Promise.all([services.synced, endpointSlices.synced])
  const zone = createZone({ services, endpointSlices, clusterDomain, ranges: options.ranges.map(parseRange) })
  const resolve = createResolver({ zone, upstream: createUpstream({ resolvers: upstreams }), log })
  const closing: (() => Promise<unknown>)[] = []
  let port = options.port
  try {
    for (const address of addresses) {
      const { tcp, close } = await listenTcp({ address, port, resolve, log })
      closing.push(close)
      port = (tcp.address() as { port: number }).port
      const udp = await listenUdp({ address, port, resolve, log })
      closing.push(() => new Promise<void>((done) => udp.close(done)))
    }
  } catch (cause) {
    await Promise.all(closing.map((close) => close()))
    zone.stop()
    throw new Error(`DNS can't listen on ${addresses.join(', ')} port ${port}`, { cause })
  }
  return {
    port,
    stop: async () => {
      zone.stop()
      await Promise.all(closing.map((close) => close()))
    },
  }
}

interface ListenOptions {
  readonly address: string
  readonly port: number
  readonly resolve: Resolve
  readonly log: Logger
}

const listenUdp = async ({ address, port, resolve, log }: ListenOptions): Promise<UdpSocket> => {
  const socket = createSocket('udp4')
  let open = true
  socket.on('close', () => {
    open = false
  })
  socket.on('message', async (message, from) => {
    const answer = await resolve(message, 'udp')
    if (answer && open) socket.send(answer, from.port, from.address)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  socket.on('error', (error) => log.warn('DNS socket failed', { address, error }))
  return socket
}

const listenTcp = async ({
  address,
  port,
  resolve,
  log,
}: ListenOptions): Promise<{ tcp: Server; close: () => Promise<void> }> => {
  const connections = new Set<Socket>()
  const tcp = createServer((socket) => {
    connections.add(socket)
    socket.setTimeout(idleMilliseconds, () => socket.destroy())
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => socket.destroy())
    answerStream(socket, resolve).catch((error: unknown) => {
      if (!socket.destroyed) log.warn('DNS connection failed', { error })
      socket.destroy()
    })
  })
  tcp.maxConnections = maxConnections
  tcp.listen(port, address)
  await once(tcp, 'listening')
  tcp.on('error', (error) => log.warn('DNS server failed', { address, error }))
  const close = () =>
    new Promise<void>((done) => {
      tcp.close(() => done())
      for (const socket of connections) socket.destroy()
    })
  return { tcp, close }
}

/** Messages on a stream bear their length before them; several may come in one go. They are answered in order. */
const answerStream = async (socket: Socket, resolve: Resolve) => {
  let received: Buffer = Buffer.alloc(0)
  for await (const data of socket) {
    received = Buffer.concat([received, data as Buffer])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const answer = await resolve(received.subarray(2, end), 'tcp')
      received = received.subarray(end)
      if (!answer) return socket.destroy()
      socket.write(Buffer.concat([lengthPrefix(answer), answer]))
    }
  }
}
