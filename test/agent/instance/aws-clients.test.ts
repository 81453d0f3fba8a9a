import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { ListTasksCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openAwsClients } from '../../../agent/instance/aws-clients.ts'
import { createSqsMailbox } from '../../../shared/queue/sqs/sqs-mailbox.ts'

let sockets: Socket[]
const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)))
beforeEach(async () => {
  sockets = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const socket of sockets) socket.destroy()
  server.close()
})

const open = () => openAwsClients('eu-west-1', { timeoutMs: 50, pollMs: 50 })
it.each([
  {
    what: 'letters',
    ask: () => {
      const mailbox = createSqsMailbox({ client: open().sqs, prefix: 'p-', node: 'i-1' })
      return mailbox.receive({ waitSeconds: 20, signal: new AbortController().signal })
    },
  },
  { what: 'the room of the machine', ask: () => open().ecs.send(new ListTasksCommand({})) },
  { what: 'a place for answers', ask: () => open().dynamodb.send(new DescribeTableCommand({ TableName: 't' })) },
])('an agent that asks for $what over a connection that went silent does not wait for ever', async ({ ask }) => {
  await expect(ask()).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(sockets.length).toBeGreaterThan(0)
})
