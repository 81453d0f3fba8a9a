import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type Socket as TcpSocket } from 'node:net'
import { decode, encode, RECURSION_DESIRED } from 'dns-packet'
import { afterEach, expect, it } from 'vitest'
import { createResolver, type Resolve } from '../../../agent/dns/resolver.ts'
import { listenTcp } from '../../../agent/dns/tcp-listener.ts'
import { listenUdp } from '../../../agent/dns/udp-listener.ts'
import { createUpstream } from '../../../agent/dns/upstream.ts'
import type { Zone } from '../../../agent/dns/zone.ts'
import { createLogger } from '../../../shared/platform/log.ts'

const log = createLogger({ write: (line) => expect.fail(line), level: 'error' })
/** Knows no name: everything goes outside. */
const zone = { find: () => undefined } as unknown as Zone
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const question = (name: string, more: object = {}) =>
  encode({ type: 'query', id: 7, flags: RECURSION_DESIRED, questions: [{ name, type: 'A' }], ...more })

/** A resolver of the machine, which answers as it likes. */
const startOutside = async (answer: (message: Buffer, reply: (bytes: Buffer) => void) => void) => {
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => answer(message, (bytes) => socket.send(bytes, from.port, from.address)))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  closing.push(() => socket.close())
  return `127.0.0.1:${socket.address().port}`
}
const upstreamOf = (...resolvers: string[]) => createUpstream({ resolvers: () => resolvers, timeoutMilliseconds: 300 })

it('drops a packet from port 0, to which nobody can answer, and goes on', async () => {
  const answered: number[] = []
  const resolve: Resolve = async (message) => {
    answered.push(message.readUInt16BE(0))
    return message
  }
  const socket = await listenUdp({ address: '127.0.0.1', port: 0, resolve, log })
  closing.push(() => socket.close())
  socket.emit('message', question('a.test'), { address: '127.0.0.1', port: 0, family: 'IPv4', size: 20 })
  const client = createSocket('udp4')
  closing.push(() => client.close())
  client.send(question('b.test'), socket.address().port, '127.0.0.1')
  await once(client, 'message')
  expect(answered).toEqual([7])
})

it('goes on when a question can not be answered at all', async () => {
  const lines: string[] = []
  const told = Promise.withResolvers<void>()
  const noting = createLogger({
    write: (line) => {
      lines.push(line)
      told.resolve()
    },
  })
  const resolve = () => Promise.reject(new Error('broken'))
  const socket = await listenUdp({ address: '127.0.0.1', port: 0, resolve, log: noting })
  closing.push(() => socket.close())
  socket.emit('message', question('a.test'), { address: '127.0.0.1', port: 5353, family: 'IPv4', size: 20 })
  await told.promise
  expect(JSON.parse(lines[0]!)).toMatchObject({ message: 'question not answered' })
})

it.each([
  ['no route', '255.255.255.255'],
  ['an address of another family', 'fe80::1%nowhere'],
  ['nobody there', '127.0.0.1:1'],
])('says that no resolver answers when there is %s', async (_, resolver) => {
  await expect(upstreamOf(resolver).ask(question('a.test'), 'udp', '10.244.0.2')).rejects.toThrow()
  await expect(upstreamOf(resolver).ask(question('a.test'), 'tcp', '10.244.0.2')).rejects.toThrow()
})

it('leaves the other pods room when one asks for what nobody answers', async () => {
  const answers = new Map<string, (bytes: Buffer) => void>()
  const silent = await startOutside((message, reply) => {
    const name = decode(message).questions![0]!.name
    if (name === 'quick.test') reply(encode({ ...decode(message), type: 'response' }))
    else answers.set(name, reply)
  })
  const upstream = createUpstream({ resolvers: () => [silent], timeoutMilliseconds: 2000 })
  const greedy = Array.from({ length: 300 }, (_, index) => upstream.ask(question(`${index}.test`), 'udp', '10.244.0.2'))
  const settled = Promise.allSettled(greedy)
  await expect(greedy.at(-1)).rejects.toThrow('more than 200 questions of 10.244.0.2 wait for an answer')
  expect(decode(await upstream.ask(question('quick.test'), 'udp', '10.244.0.3')).questions![0]!.name).toBe('quick.test')
  await settled
  // what was given up makes room again
  await expect(upstream.ask(question('quick.test'), 'udp', '10.244.0.2')).resolves.toBeDefined()
})

it.each<[string, (message: Buffer) => Buffer]>([
  ['another id', (message) => Buffer.concat([Buffer.of(message[0]! ^ 1), message.subarray(1)])],
  ['another question', (message) => encode({ ...decode(message), questions: [{ name: 'evil.test', type: 'A' }] })],
  ['another type', (message) => encode({ ...decode(message), questions: [{ name: 'a.test', type: 'AAAA' }] })],
  ['no question, as a success', (message) => Buffer.concat([message.subarray(0, 4), Buffer.alloc(8)])],
  ['a question', (message) => Buffer.concat([message.subarray(0, 2), Buffer.of(1), message.subarray(3)])],
  ['half a header', (message) => message.subarray(0, 7)],
])('takes no answer with %s', async (_, forge) => {
  const resolver = await startOutside((message, reply) => {
    const right = encode({ ...decode(message), type: 'response', flags: 0x8180 & 0x7fff })
    reply(forge(right))
    setTimeout(() => reply(encode({ ...decode(right), answers: [{ type: 'A', name: 'A.test', data: '192.0.2.7' }] })), 20)
  })
  const answer = decode(await upstreamOf(resolver).ask(question('a.test'), 'udp', '10.244.0.2'))
  expect(answer).toMatchObject({ id: 7, answers: [{ data: '192.0.2.7' }] })
})

it('takes the question back in another case, and a failure without one', async () => {
  const upper = await startOutside((message, reply) =>
    reply(encode({ ...decode(message), type: 'response', questions: [{ name: 'A.TEST', type: 'A' }] })),
  )
  expect(decode(await upstreamOf(upper).ask(question('a.test'), 'udp', 'x')).questions![0]!.name).toBe('A.TEST')
  const failing = await startOutside((message, reply) => {
    const bare = Buffer.alloc(12)
    message.copy(bare, 0, 0, 2)
    bare.writeUInt16BE(0x8002, 2)
    reply(bare)
  })
  expect((await upstreamOf(failing).ask(question('a.test'), 'udp', 'x'))[3]! & 15).toBe(2)
})

it('hears only the resolver that it asked', async () => {
  const other: Socket = createSocket('udp4')
  closing.push(() => other.close())
  const resolver = createSocket('udp4')
  closing.push(() => resolver.close())
  resolver.on('message', (message, from) => {
    const answerOf = (data: string) =>
      encode({ ...decode(message), type: 'response', answers: [{ type: 'A', name: 'a.test', data }] })
    other.send(answerOf('203.0.113.66'), from.port, from.address, () =>
      resolver.send(answerOf('192.0.2.7'), from.port, from.address),
    )
  })
  resolver.bind(0, '127.0.0.1')
  await once(resolver, 'listening')
  const answer = await upstreamOf(`127.0.0.1:${resolver.address().port}`).ask(question('a.test'), 'udp', 'x')
  expect(decode(answer).answers).toMatchObject([{ data: '192.0.2.7' }])
})

it.each([
  [undefined, 512],
  [4096, 4096],
])('does not answer a forged question with more than was asked for (EDNS %s)', async (udpPayloadSize, limit) => {
  const resolver = await startOutside((message, reply) => {
    const answers = Array.from({ length: 300 }, () => ({ type: 'A' as const, name: 'a.test', data: '192.0.2.7' }))
    reply(encode({ ...decode(message), type: 'response', answers }))
  })
  const resolve = createResolver({ zone, upstream: upstreamOf(resolver), log })
  const additionals = udpPayloadSize ? [{ type: 'OPT' as const, name: '.' as const, udpPayloadSize, flags: 0, options: [] }] : []
  const asked = question('a.test', { additionals })
  const answer = (await resolve(asked, 'udp', '10.244.0.2'))!
  expect(answer.length).toBeLessThanOrEqual(limit)
  expect(decode(answer)).toMatchObject({ id: 7, flag_tc: true, questions: [{ name: 'a.test' }] })
})

it('refuses a question with thousands of records behind it before it reads them', async () => {
  const resolve = createResolver({ zone, upstream: upstreamOf(), log })
  const long = Buffer.concat([question('a.test'), Buffer.alloc(65_000)])
  long.writeUInt16BE(6000, 6)
  expect((await resolve(long, 'tcp', 'x'))![3]! & 15).toBe(1)
})

const startTcp = async (resolve: Resolve) => {
  const { tcp, close } = await listenTcp({ address: '127.0.0.1', port: 0, resolve, log })
  closing.push(close)
  const { port } = tcp.address() as { port: number }
  return async () => {
    const socket = connect(port, '127.0.0.1')
    closing.push(() => socket.destroy())
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
}
const prefixed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])

it('keeps the connections of one pod from taking all', async () => {
  const open = await startTcp(async (message) => message)
  const sockets: TcpSocket[] = []
  for (let count = 0; count < 50; count++) sockets.push(await open())
  const oneMore = await open()
  oneMore.resume()
  await once(oneMore, 'close')
  const [first] = sockets
  first!.write(prefixed(question('a.test')))
  expect((await once(first!, 'data'))[0]).toBeDefined()
})

it('waits with the next answer until the last is taken', async () => {
  let asked = 0
  const open = await startTcp(async () => {
    asked++
    return Buffer.alloc(60_000)
  })
  const socket = await open()
  socket.write(Buffer.concat(Array.from({ length: 500 }, () => prefixed(question('a.test')))))
  let before = 0
  const stands = () => {
    const same = asked > 0 && asked === before
    before = asked
    return same
  }
  await expect.poll(stands, { interval: 200 }).toBe(true)
  expect(asked).toBeLessThan(400)
  let size = 0
  socket.on('data', (data: Buffer) => {
    size += data.length
  })
  await expect.poll(() => size).toBe(500 * 60_002)
})

it('asks by TCP a resolver that closes, or answers something else', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.from([0, 3, 1, 2, 3])))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => server.close())
  const { port } = server.address() as { port: number }
  await expect(upstreamOf(`127.0.0.1:${port}`).ask(question('a.test'), 'tcp', 'x')).rejects.toThrow('answered another question')
})
