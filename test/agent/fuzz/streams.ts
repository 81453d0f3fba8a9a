import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { constants, deflateSync } from 'node:zlib'
import { servePortForward } from '../../../agent/server/port-forward.ts'
import { SpdyConnection } from '../../../agent/server/spdy/connection.ts'
import { headerDictionary } from '../../../agent/server/spdy/dictionary.ts'
import { controlFrame, dataHead, frameTypes, words } from '../../../agent/server/spdy/frame.ts'
import { HeaderCodec } from '../../../agent/server/spdy/header-codec.ts'
import { spdyStreams } from '../../../agent/server/spdy-streams.ts'
import { channelProtocols } from '../../../agent/server/websocket-streams.ts'
import { SpdyClient } from '../server/spdy-client.ts'
import { ChannelClient, startStreamingServer } from '../server/streaming-server.ts'
import { type FuzzTarget, finish } from './fuzz-target.ts'

const upgrade = (path: string, protocol: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${protocol === '' ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`}\r\n`

/** A client's message: masked with zeros. */
const frame = (opcode: number, payload: Buffer, fin = true) => {
  const length =
    payload.length < 126 ? Buffer.of(0x80 | payload.length) : Buffer.of(0xfe, payload.length >> 8, payload.length & 255)
  return Buffer.concat([Buffer.of((fin ? 0x80 : 0) | opcode), length, Buffer.alloc(4), payload])
}
const text = (channel: number, data: string) => Buffer.concat([Buffer.of(channel), Buffer.from(data)])
const frames = [
  frame(2, text(0, 'typed')),
  frame(1, Buffer.from('0dHlwZWQ=')),
  frame(2, text(4, '{"Width":80,"Height":24}')),
  frame(2, text(4, '{')),
  frame(2, text(4, 'x}')),
  frame(2, text(255, '\x00')),
  frame(2, text(0, 'x'.repeat(3000)), false),
  frame(0, Buffer.from('more'), false),
  frame(0, Buffer.alloc(0)),
  frame(9, Buffer.from('ping')),
  frame(10, Buffer.from('pong')),
  frame(8, Buffer.from([3, 232])),
  Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
]
const paths = [
  '/exec/default/web/main?stdin=1&stdout=1&stderr=1',
  '/exec/default/web/main?stdin=1&stdout=1&tty=1',
  '/attach/default/web/main?stdin=1&stdout=1',
]

export const webSockets = async (): Promise<FuzzTarget> => {
  const server = await startStreamingServer()
  const dial = async (): Promise<Socket> => {
    const socket = connect({ port: server.port, host: '127.0.0.1' })
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    return socket
  }
  return {
    feed: async (random, count) => {
      for (let left = count; left > 0; ) {
        const socket = await dial()
        const forward = random.chance(5)
        const protocol = random.pick(
          forward ? ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io'] : channelProtocols,
        )
        const path = forward ? `/portForward/default/web?port=${server.port}&port=9` : random.pick(paths)
        const head = Buffer.from(upgrade(path, protocol))
        socket.write(random.chance(20) ? random.input([head]) : head)
        for (let some = random.integer(20); some >= 0 && left > 0; some--, left--) socket.write(random.input(frames))
        await finish(socket)
        server.sizes.length = 0
      }
    },
    alive: async () => {
      const client = new ChannelClient(
        `ws://127.0.0.1:${server.port}/exec/default/web/main?stdin=1&stdout=1`,
        'v5.channel.k8s.io',
      )
      await client.open()
      client.send(0, 'alive')
      client.send(255, Buffer.of(0))
      await client.closed
      if (client.received.get(1) !== 'alive') throw new Error('exec does not answer')
    },
    close: () => server.stop(),
  }
}

/** Opens streams one after the other, as a client does: their headers are one compressed stream. */
const opening = async (streams: readonly Record<string, string>[]): Promise<Buffer> => {
  const codec = new HeaderCodec()
  const opened: Buffer[] = []
  for (const [index, headers] of streams.entries()) {
    const head = Buffer.concat([words(1 + 2 * index, 0), Buffer.from([0, 0])])
    opened.push(controlFrame(frameTypes.synStream, Buffer.concat([head, await codec.encode(headers)])))
  }
  codec.close()
  return Buffer.concat(opened)
}
/** Some bytes that become megabytes. */
const bomb = () => {
  const head = Buffer.concat([words(1, 4), Buffer.from('name'), words(64 * 1024 * 1024)])
  const block = deflateSync(Buffer.concat([head, Buffer.alloc(4 * 1024 * 1024)]), {
    dictionary: headerDictionary,
    finishFlush: constants.Z_SYNC_FLUSH,
  })
  return controlFrame(frameTypes.synStream, Buffer.concat([words(1, 0), Buffer.from([0, 0]), block]))
}

export const spdy = async (): Promise<FuzzTarget> => {
  const process = await opening(['error', 'stdin', 'stdout', 'resize'].map((streamtype) => ({ streamtype })))
  const pair = { port: '80', requestid: '0' }
  const forwarded = await opening(['error', 'data', 'data'].map((streamtype) => ({ streamtype, ...pair })))
  const valid = [
    process,
    forwarded,
    Buffer.concat([dataHead(3, 5, 0), Buffer.from('typed')]),
    Buffer.concat([dataHead(7, 24, 0), Buffer.from('{"Width":80,"Height":24}')]),
    Buffer.concat([dataHead(7, 2, 0), Buffer.from('x}')]),
    dataHead(1, 0xffffff, 0),
    controlFrame(frameTypes.ping, words(1)),
    controlFrame(frameTypes.rstStream, words(1, 5)),
    controlFrame(frameTypes.goAway, words(0, 0)),
    controlFrame(frameTypes.settings, words(1, 0, 4)),
    controlFrame(frameTypes.windowUpdate, words(1, 0x7fffffff)),
    controlFrame(frameTypes.headers, words(1)),
    bomb(),
  ]
  /** A connection, and whoever serves it. */
  const open = (isForward: boolean) => {
    const [near, far] = duplexPair()
    near.on('error', () => undefined).resume()
    const connection = new SpdyConnection(far)
    if (isForward) servePortForward({ connection, pod: 'web', connect: async () => Promise.reject(new Error('nobody')) })
    else
      spdyStreams({ connection, protocol: 'v4.channel.k8s.io', stdin: true, stdout: true, stderr: false, tty: true }).then(
        ({ stdin, onResize }) => {
          stdin?.resume()
          onResize(() => undefined)
        },
        () => connection.close(),
      )
    return { near, connection }
  }
  return {
    feed: async (random, count) => {
      for (let left = count; left > 0; ) {
        const isForward = random.chance(2)
        const { near, connection } = open(isForward)
        // Most get as far as to whom they talk.
        if (!random.chance(4)) near.write(isForward ? forwarded : process)
        for (let some = random.integer(25); some >= 0 && left > 0 && !near.destroyed; some--, left--) {
          const input = random.input(valid)
          near.write(input)
          if (random.chance(4)) await new Promise((done) => setImmediate(done))
        }
        await new Promise((done) => setImmediate(done))
        near.destroy()
        connection.close()
      }
    },
    alive: async () => {
      const [near, far] = duplexPair()
      const connection = new SpdyConnection(far)
      connection.on('stream', (stream) => stream.pipe(stream))
      const client = new SpdyClient(near)
      const stream = await client.open({ streamtype: 'data' })
      client.send(stream, 'alive', true)
      for (const until = Date.now() + 5000; !stream.ended && Date.now() < until; ) await new Promise((done) => setImmediate(done))
      if (client.text(stream) !== 'alive') throw new Error('SPDY does not answer')
      connection.close()
    },
    close: async () => undefined,
  }
}
