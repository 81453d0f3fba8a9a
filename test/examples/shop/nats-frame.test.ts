import { describe, expect, it } from 'vitest'
import { readFrame } from '../../../examples/shop/services/platform/nats-frame.ts'

const message = 'MSG orders.placed 7 $JS.ACK.1 11\r\n{"id":"ü"}\r\n'
const headers = 'NATS/1.0\r\nNats-Msg-Id: 1\r\n\r\n'

describe('a frame of NATS', () => {
  it.each([
    ['PING\r\n', { verb: 'PING' }],
    ["-ERR 'Authorization Violation'\r\n", { verb: '-ERR', text: "'Authorization Violation'" }],
    [message, { message: { subscription: '7', reply: '$JS.ACK.1', status: undefined, data: '{"id":"ü"}' } }],
    ['MSG _INBOX.a.1 1 2\r\nok\r\n', { message: { subscription: '1', reply: undefined, status: undefined, data: 'ok' } }],
    [
      `HMSG orders.placed 7 $JS.ACK.1 ${headers.length} ${headers.length + 2}\r\n${headers}ok\r\n`,
      { message: { subscription: '7', reply: '$JS.ACK.1', status: undefined, data: 'ok' } },
    ],
    [
      'HMSG _INBOX.a.1 1 28 28\r\nNATS/1.0 408 Request Timeout\r\n',
      { message: { subscription: '1', reply: undefined, status: '408', data: '' } },
    ],
  ])('is read from %j, with whatever comes behind it', (text, wanted) => {
    const end = Buffer.byteLength(text)
    expect(readFrame(Buffer.from(`${text}PONG\r\n`))).toMatchObject({ ...wanted, end })
  })

  it('is none while a byte of it has not come', () => {
    const bytes = Buffer.from(message)
    for (let length = 0; length < bytes.length; length++) expect(readFrame(bytes.subarray(0, length))).toBeUndefined()
  })
})
