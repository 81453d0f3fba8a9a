import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { webSocketStreams } from '../../../agent/server/websocket-streams.ts'

describe('streams of a WebSocket', () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  afterEach(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })

  it('tells the size of the terminal that came before anyone asked for it', async () => {
    const { port } = server.address() as { port: number }
    const client = new WebSocket(`ws://127.0.0.1:${port}`)
    const [socket] = (await once(server, 'connection')) as [WebSocket]
    const streams = webSocketStreams({ socket, protocol: 'v5.channel.k8s.io', stdin: true, stdout: true, stderr: false })
    await once(client, 'open')
    const size = Buffer.from(JSON.stringify({ Width: 99, Height: 33 }))
    const came = once(socket, 'message')
    client.send(Buffer.concat([Buffer.of(4), size]))
    await came
    const told: unknown[] = []
    streams.onResize((each) => told.push(each))
    expect(told).toEqual([{ width: 99, height: 33 }])
  })
})
