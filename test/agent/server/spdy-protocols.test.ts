import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remoteCommandProtocols } from '../../../agent/server/spdy-streams.ts'
import { type ClientStream, SpdyClient } from './spdy-client.ts'
import { type StreamingServer, startStreamingServer } from './streaming-server.ts'

let server: StreamingServer
beforeAll(async () => {
  server = await startStreamingServer()
})
afterAll(() => server.stop())

const ask = (path: string, versions: readonly string[] | undefined) =>
  request({
    ...{ host: '127.0.0.1', port: server.port, path, method: 'POST', agent: false },
    headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', ...(versions && { 'x-stream-protocol-version': [...versions] }) },
  }).end()

/** Opens what a client of that version opens: https://pkg.go.dev/k8s.io/client-go/tools/remotecommand */
const dial = async (path: string, protocol: string) => {
  const [response, socket] = (await once(ask(path, [protocol]), 'upgrade')) as [{ headers: Record<string, string> }, Socket]
  expect(response.headers['x-stream-protocol-version']).toBe(protocol)
  const client = new SpdyClient(socket)
  const query = new URLSearchParams(path.split('?')[1])
  const tty = query.has('tty')
  const types = [
    'error',
    ...['stdin', 'stdout', 'stderr'].filter((type) => query.has(type) && !(type === 'stderr' && tty)),
    ...(tty && /^v[34]/.test(protocol) ? ['resize'] : []),
  ]
  const streams: Record<string, ClientStream> = {}
  for (const type of types) streams[type] = await client.open({ streamtype: type })
  return { client, streams, closed: once(socket, 'close') }
}

it('has the versions of upstream', () =>
  expect(remoteCommandProtocols).toEqual(['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']))

const both = [false, true]
const flagSets = both.flatMap((stdin) =>
  both.flatMap((stdout) => both.flatMap((stderr) => both.map((tty) => ({ stdin, stdout, stderr, tty })))),
)

describe.each(remoteCommandProtocols)('SPDY, version "%s"', (protocol) => {
  it.each(flagSets.flatMap((flags) => ['exec', 'attach'].map((verb) => ({ verb, flags }))))(
    '$verb with $flags',
    async ({ verb, flags }) => {
      const pod = verb === 'attach' && flags.tty ? 'terminal' : 'web'
      const query = Object.entries(flags).map(([name, on]) => (on ? `&${name}=1` : ''))
      const path = `/${verb}/default/${pod}/main?command=0${query.join('')}`
      const stderr = flags.stderr && !flags.tty
      if (!flags.stdin && !flags.stdout && !stderr) {
        const [response] = await once(ask(path, [protocol]), 'response')
        return expect([response.statusCode, await text(response)]).toEqual([
          400,
          expect.stringContaining('at least 1 of stdin, stdout, stderr'),
        ])
      }
      const { client, streams, closed } = await dial(path, protocol)
      if (streams.resize) client.send(streams.resize, '{"Width":80,"Height":24}\n')
      if (streams.stdin) client.send(streams.stdin, 'typed', true)
      await closed
      expect(streams.stdout && client.text(streams.stdout)).toBe(flags.stdout ? (flags.stdin ? 'typed' : 'out') : undefined)
      expect(streams.stderr && client.text(streams.stderr)).toBe(stderr ? 'err' : undefined)
      const status = client.text(streams.error!)
      if (protocol.startsWith('v4')) expect(JSON.parse(status)).toMatchObject({ status: 'Success' })
      else expect(status).toBe('')
      if (streams.resize) expect(server.sizes.at(-1)).toEqual({ width: 80, height: 24 })
      for (const [type, { ended, reset }] of Object.entries(streams))
        if (type !== 'stdin') expect([type, ended || reset]).toEqual([type, true])
    },
  )

  it.each([1, 42, 137, 255])('tells the exit code %i', async (code) => {
    const { client, streams, closed } = await dial(`/exec/default/web/main?command=${code}&stdout=1`, protocol)
    await closed
    const message = `command terminated with non-zero exit code: exit status ${code}`
    const status = client.text(streams.error!)
    if (protocol.startsWith('v4'))
      expect(JSON.parse(status)).toMatchObject({ message, details: { causes: [{ reason: 'ExitCode', message: String(code) }] } })
    else expect(status).toBe(message)
  })
})

const accepted = '[v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]'
const negotiations: [asked: string[] | undefined, code: number, words: string][] = [
  [['v4.channel.k8s.io', 'v3.channel.k8s.io'], 101, 'v4.channel.k8s.io'],
  [['v9.channel.k8s.io', 'v2.channel.k8s.io', 'v4.channel.k8s.io'], 101, 'v2.channel.k8s.io'],
  [['v5.channel.k8s.io,  channel.k8s.io ,'], 101, 'channel.k8s.io'],
  [['v5.channel.k8s.io'], 403, `unable to negotiate protocol: client supports [v5.channel.k8s.io], server accepts ${accepted}`],
  [['x', 'y,z'], 403, `client supports [x y z], server accepts ${accepted}`],
  [[''], 400, 'header X-Stream-Protocol-Version contains [], but no valid protocols'],
  [[' , ,'], 400, 'but no valid protocols'],
  [undefined, 400, 'header X-Stream-Protocol-Version does not exist in request with 3 headers'],
]

it.each(negotiations)('asked for %j it answers %i: %s', async (asked, code, words) => {
  const sent = ask('/exec/default/web/main?stdout=1', asked)
  if (code === 101) {
    const [response, socket] = await once(sent, 'upgrade')
    socket.destroy()
    return expect(response.headers['x-stream-protocol-version']).toBe(words)
  }
  const [response] = await once(sent, 'response')
  expect([response.statusCode, await text(response)]).toEqual([code, expect.stringContaining(words)])
  const offered = response.headersDistinct['x-accepted-stream-protocol-versions'] ?? []
  expect(offered).toEqual(code === 403 ? [...remoteCommandProtocols] : [])
})
