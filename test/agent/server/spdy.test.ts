import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { servePortForward } from '../../../agent/server/port-forward.ts'
import { SpdyConnection } from '../../../agent/server/spdy/connection.ts'
import { headerDictionary } from '../../../agent/server/spdy/dictionary.ts'
import { HeaderCodec } from '../../../agent/server/spdy/header-codec.ts'
import { SpdyClient } from './spdy-client.ts'

it('has the dictionary of SPDY/3.1', () => {
  expect(headerDictionary).toHaveLength(1423)
  expect(createHash('sha256').update(headerDictionary).digest('hex')).toBe(
    '51d27341373f923f3cd88e1eb7162aeaa3723d7585ff2399201dc06498407f02',
  )
})

it('carries header blocks over one stream of compression', async () => {
  const [from, to] = [new HeaderCodec(), new HeaderCodec()]
  for (const headers of [{ streamtype: 'data', port: '80' }, {}, { streamtype: 'error', port: '80', long: 'x'.repeat(70_000) }]) {
    expect(await to.decode(await from.encode(headers))).toEqual(headers)
  }
})

describe('a connection', () => {
  let listener: Server
  let near: Socket
  let client: SpdyClient
  let connection: SpdyConnection

  beforeEach(async () => {
    const accepted = Promise.withResolvers<Socket>()
    listener = createServer((socket) => accepted.resolve(socket))
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    near = connect((listener.address() as AddressInfo).port, '127.0.0.1')
    connection = new SpdyConnection(await accepted.promise)
    client = new SpdyClient(near)
  })
  afterEach(() => {
    near.destroy()
    listener.close()
  })

  it('answers streams and pings, and carries bytes both ways', async () => {
    connection.on('stream', (stream) => stream.pipe(stream))
    const big = Buffer.alloc(300_000, 'ab')
    const stream = await client.open({ streamtype: 'data' })
    client.ping()
    client.send(stream, big)
    client.send(stream, 'end', true)
    await expect.poll(() => stream.ended).toBe(true)
    expect(stream.replied).toBe(true)
    expect(client.pings).toBe(1)
    expect(client.text(stream)).toBe(`${big}end`)
  })

  it('tells both sides when it is closed', async () => {
    const closed = new Promise<void>((resolve) => connection.once('close', resolve))
    connection.on('stream', () => undefined)
    await client.open({ streamtype: 'data' })
    connection.close()
    await closed
    await expect.poll(() => client.goneAway).toBe(true)
  })

  it('forwards each pair of streams to its port', async () => {
    let reset = false
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('data', () => reset && socket.resetAndDestroy())
      socket.pipe(socket)
    })
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    const port = (echo.address() as AddressInfo).port
    servePortForward({
      connection,
      pod: 'web_default',
      connect: async (asked) => {
        if (asked !== port) throw new Error('connection refused')
        return connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      },
    })
    const open = async (asked: number, requestid: string) => {
      const error = await client.open({ streamtype: 'error', port: String(asked), requestid })
      const data = await client.open({ streamtype: 'data', port: String(asked), requestid })
      return { error, data }
    }
    const first = await open(port, '0')
    const second = await open(port, '1')
    client.send(second.data, 'two', true)
    client.send(first.data, 'one', true)
    await expect.poll(() => first.data.ended && second.data.ended).toBe(true)
    expect([client.text(first.data), client.text(second.data)]).toEqual(['one', 'two'])
    // A server that resets is no fault of the forwarding, which kubectl would give up for it.
    const resetting = await open(port, '3')
    reset = true
    client.send(resetting.data, 'reset')
    await expect.poll(() => resetting.error.ended && resetting.data.ended).toBe(true)
    expect(client.text(resetting.error)).toBe('')
    const refused = await open(1, '2')
    await expect.poll(() => refused.error.ended).toBe(true)
    expect(client.text(refused.error)).toBe('error forwarding port 1 to pod web_default: connection refused')
    echo.close()
  })
})
