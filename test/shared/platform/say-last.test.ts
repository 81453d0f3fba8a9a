import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { sayLast } from '../../../shared/platform/say-last.ts'

it.each(['goes', 'sends and goes', 'never stops sending'])(
  'is heard, and the socket let go, when the other side %s',
  async (how) => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const other = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
    const [socket] = (await once(server, 'connection')) as [Socket]
    const closed = once(socket, 'close')
    const heard = text(other)
    if (how === 'goes') other.end()
    if (how === 'sends and goes') other.end(Buffer.alloc(300_000))
    const more = () => other.write(Buffer.alloc(10_000), (error) => error || setTimeout(more, 5))
    if (how === 'never stops sending') more()
    sayLast(socket, 'the last')
    await closed
    expect(await heard.catch(() => 'the last')).toBe('the last')
    other.destroy()
    server.close()
  },
)
