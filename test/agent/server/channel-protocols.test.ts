import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { forwardedPorts } from '../../../agent/server/websocket-forward.ts'
import { channelProtocols } from '../../../agent/server/websocket-streams.ts'
import { ChannelClient, type StreamingServer, startStreamingServer } from './streaming-server.ts'

let server: StreamingServer
let echo: Server
let echoPort: number

beforeAll(async () => {
  server = await startStreamingServer()
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  echoPort = (echo.address() as AddressInfo).port
})
afterAll(async () => {
  await server.stop()
  echo.close()
})

const dial = async (path: string, protocol: string) => {
  const client = new ChannelClient(`ws://127.0.0.1:${server.port}${path}`, protocol)
  expect(await client.open()).toBe(protocol)
  return client
}
const isJson = (protocol: string) => /^v[45]\./.test(protocol)
const both = [false, true]
const flagSets = both.flatMap((stdin) =>
  both.flatMap((stdout) => both.flatMap((stderr) => both.map((tty) => ({ stdin, stdout, stderr, tty })))),
)
const names = Object.entries as (flags: (typeof flagSets)[number]) => [string, boolean][]
const queryOf = (flags: (typeof flagSets)[number]) =>
  names(flags)
    .map(([name, on]) => (on ? `&${name}=1` : ''))
    .join('')

it('has the sub-protocols of upstream', () =>
  expect(channelProtocols).toEqual([
    'v5.channel.k8s.io',
    'v4.channel.k8s.io',
    'v4.base64.channel.k8s.io',
    'channel.k8s.io',
    'base64.channel.k8s.io',
    '',
  ]))

describe.each(channelProtocols)('sub-protocol "%s"', (protocol) => {
  const cases = ['exec', 'attach'].flatMap((verb) => flagSets.map((flags) => ({ verb, flags })))

  it.each(cases)('$verb with $flags', async ({ verb, flags }) => {
    const pod = verb === 'attach' && flags.tty ? 'terminal' : 'web'
    const path = `/${verb}/default/${pod}/main?command=0${queryOf(flags)}`
    const stderr = flags.stderr && !flags.tty
    if (!flags.stdin && !flags.stdout && !stderr) {
      const refused = new ChannelClient(`ws://127.0.0.1:${server.port}${path}`, protocol)
      return expect(refused.closed).rejects.toThrow('400')
    }
    const client = await dial(path, protocol)
    if (flags.stdin) {
      client.send(0, 'typed \xff')
      // Only the fifth version can end stdin; of the others the process hears that its input came.
      if (protocol === 'v5.channel.k8s.io') client.send(255, Buffer.of(0))
      else if (flags.stdout) await expect.poll(() => client.received.get(1)).toBe(Buffer.from('typed \xff').toString('latin1'))
    }
    const ends = !flags.stdin || protocol === 'v5.channel.k8s.io'
    if (ends) expect(await client.closed).toBe(1000)
    else client.socket.terminate()
    expect(client.messages[0] ?? (flags.stdout ? 1 : stderr ? 2 : 3)).toBe(flags.stdout ? 1 : stderr ? 2 : 3)
    if (!ends) return
    const given = flags.stdin ? Buffer.from('typed \xff').toString('latin1') : 'out'
    expect(client.received.get(1)).toBe(flags.stdout ? given : undefined)
    expect(client.received.get(2)).toBe(stderr ? 'err' : undefined)
    const status = client.received.get(3)
    if (isJson(protocol))
      expect(JSON.parse(status!)).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
    else expect(status ?? '').toBe('')
  })

  it('tells an exit code', async () => {
    const client = await dial('/exec/default/web/main?command=3&stdout=1', protocol)
    await client.closed
    const message = 'command terminated with non-zero exit code: exit status 3'
    const status = client.received.get(3)!
    if (isJson(protocol))
      expect(JSON.parse(status)).toMatchObject({ message, details: { causes: [{ reason: 'ExitCode', message: '3' }] } })
    else expect(status).toBe(message)
  })

  it('goes on after channels, sizes and base64 that are none', async () => {
    const client = await dial('/exec/default/web/main?stdin=1&stdout=1&tty=1', protocol)
    client.socket.send('')
    for (const channel of [1, 2, 3, 7, 9]) client.send(channel, 'nothing')
    client.send(4, '{"Width":80,"Height":24}\n')
    if (protocol.includes('base64')) client.socket.send('0not base64!')
    await expect.poll(() => server.sizes.at(-1)).toEqual({ width: 80, height: 24 })
    for (const bad of ['{', 'null}', '{"Width":-1}', '{"Width":1e99}', '[]', 'x'.repeat(5000)]) client.send(4, bad)
    client.send(0, 'alive')
    await expect.poll(() => client.received.get(1)).toBe('alive')
    client.socket.terminate()
  })
})

it('chooses the first that the client names, and refuses others with 403', async () => {
  const url = `ws://127.0.0.1:${server.port}/exec/default/web/main?stdout=1`
  const socket = new WebSocket(url, ['v9.channel.k8s.io', 'base64.channel.k8s.io', 'v5.channel.k8s.io'])
  await once(socket, 'open')
  expect(socket.protocol).toBe('base64.channel.k8s.io')
  socket.terminate()
  await expect(new ChannelClient(url, 'v9.channel.k8s.io').closed).rejects.toThrow('403')
})

it.each([['\xff'], ['\xff\x00\x00'], ['\xff\x09']])('lets a client go that ends %j', async (message) => {
  const client = await dial('/exec/default/web/main?stdin=1&stdout=1', 'v5.channel.k8s.io')
  client.socket.send(Buffer.from(message, 'latin1'))
  expect(await client.closed).toBe(1006)
})

describe.each(['v4.channel.k8s.io', 'v4.base64.channel.k8s.io', ''])('port-forward over "%s"', (protocol) => {
  it('has a pair of channels for each port', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port: closedPort } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    const client = await dial(`/portForward/default/web?port=${echoPort},${closedPort}&port=${echoPort}`, protocol)
    const portBytes = (port: number) => String.fromCharCode(port & 255, port >> 8)
    client.send(0, 'first')
    client.send(4, 'third \x00\xff')
    await expect.poll(() => client.received.get(0)).toBe(`${portBytes(echoPort)}first`)
    await expect.poll(() => client.received.get(4)).toBe(portBytes(echoPort) + Buffer.from('third \x00\xff').toString('latin1'))
    await expect
      .poll(() => client.received.get(3))
      .toMatch(new RegExp(`error forwarding port ${closedPort} to pod web_default, uid u: .*ECONNREFUSED`))
    expect(client.received.get(1)).toBe(portBytes(echoPort))
    client.socket.terminate()
  })

  it('carries much', async () => {
    const client = await dial(`/portForward/default/web?port=${echoPort}`, protocol)
    const part = 'x'.repeat(100_000)
    for (let count = 0; count < 20; count++) client.send(0, part)
    await expect.poll(() => client.received.get(0)?.length).toBe(2 + 2_000_000)
    client.socket.close()
    await client.closed
  })
})

it.each([
  ['', 'query parameter "port" is required'],
  ['?port=', 'query parameter "port" cannot be empty'],
  ['?port=80,x', 'unable to parse "80,x" as a port: strconv.ParseUint: parsing "x": invalid syntax'],
  ['?port=65536', 'unable to parse "65536" as a port: strconv.ParseUint: parsing "65536": value out of range'],
  ['?port=0', 'port "0" must be > 0'],
])('refuses port-forward over WebSocket to %j', async (query, message) => {
  expect(() => forwardedPorts(new URLSearchParams(query))).toThrow(message)
  const client = new ChannelClient(`ws://127.0.0.1:${server.port}/portForward/default/web${query}`, 'v4.channel.k8s.io')
  await expect(client.closed).rejects.toThrow('400')
})
