import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { connectResp, type RespConnection } from '../../../examples/shop/services/platform/resp.ts'

describe('a connection to Redis', () => {
  let server: Server
  let connection: RespConnection
  afterEach(() => {
    connection.close()
    server.close()
  })

  /** Connects to a server that says this to whatever it hears. */
  const connectedTo = async (say: (socket: Socket) => void) => {
    server = createServer((socket) => void socket.once('data', () => say(socket)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    connection = connectResp('127.0.0.1', (server.address() as AddressInfo).port)
  }

  it('reads replies of every type, however they are cut', async () => {
    const bytes = Buffer.from('+OK\r\n:7\r\n$2\r\nü\r\n$-1\r\n*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n')
    await connectedTo((socket) => {
      socket.setNoDelay(true)
      for (const byte of bytes) socket.write(Buffer.of(byte))
    })
    const replies = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((word) => connection.command(word)))
    expect(replies).toEqual(['OK', 7, 'ü', null, ['master', 0, []]])
  })

  it('throws what Redis refuses with, and goes on', async () => {
    await connectedTo((socket) => socket.write('-NOREPLICAS Not enough good replicas to write.\r\n+OK\r\n'))
    const [refused, done] = await Promise.allSettled([connection.command('SET', 'a', 'b'), connection.command('PING')])
    expect(refused).toMatchObject({ reason: { message: 'NOREPLICAS Not enough good replicas to write.' } })
    expect(done).toMatchObject({ value: 'OK' })
  })

  it('throws when it is closed before the answer', async () => {
    await connectedTo((socket) => socket.end('$5\r\nhal'))
    await expect(connection.command('GET', 'a')).rejects.toThrow('closed the connection')
    await expect(connection.command('GET', 'a')).rejects.toThrow('is closed')
  })
})
