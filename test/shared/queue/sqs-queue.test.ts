import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, it } from 'vitest'
import { createSqsQueue } from '../../../shared/queue/sqs/sqs-queue.ts'

const sqs = mockClient(SQSClient)
const clock = { now: () => 0, sleep: async () => undefined }
const queue = createSqsQueue({ client: new SQSClient({ region: 'eu-west-1' }), url: 'https://sqs.test/q.fifo', clock })
const entries = () => sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? [])

beforeEach(() => {
  sqs.reset()
  sqs.on(SendMessageBatchCommand).resolves({})
})

it('sends ten at once', async () => {
  await queue.send(Array.from({ length: 23 }, (_, i) => ({ body: { i }, group: 'g', deduplicationId: String(i) })))
  expect(entries().map(({ length }) => length)).toEqual([10, 10, 3])
})

it('sends no batch that is larger than SQS takes', async () => {
  const body = 'x'.repeat(400_000)
  await queue.send(Array.from({ length: 4 }, (_, i) => ({ body, group: 'g', deduplicationId: String(i) })))
  expect(entries().map(({ length }) => length)).toEqual([2, 2])
})

it('sends again what was not taken, and only that', async () => {
  sqs
    .on(SendMessageBatchCommand)
    .resolvesOnce({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }], Successful: [] })
    .resolves({})
  await queue.send(['a', 'b', 'c'].map((body) => ({ body, group: body, deduplicationId: body })))
  expect(entries().map((batch) => batch.map(({ MessageBody }) => MessageBody))).toEqual([['"a"', '"b"', '"c"'], ['"b"']])
})

it.each([
  { what: 'it is at fault', failure: { Id: '0', Code: 'InvalidMessageContents', SenderFault: true }, calls: 1 },
  { what: 'SQS does not take it for long', failure: { Id: '0', Code: 'InternalError', SenderFault: false }, calls: 4 },
])('throws when $what', async ({ failure, calls }) => {
  sqs.on(SendMessageBatchCommand).resolves({ Failed: [failure], Successful: [] })
  await expect(queue.send([{ body: 1, group: 'g', deduplicationId: 'd' }])).rejects.toThrow(failure.Code)
  expect(entries()).toHaveLength(calls)
})

it('names groups that SQS would not take by their hash, always the same', async () => {
  const groups = ['deployment/default/web', 'node-lifecycle/zone eu/west', `x/${'y'.repeat(300)}`]
  for (const group of [...groups, ...groups]) await queue.send([{ body: 1, group, deduplicationId: `${group}@1` }])
  const sent = entries()
    .flat()
    .map(({ MessageGroupId = '' }) => MessageGroupId)
  expect(sent.slice(0, 3)).toEqual(sent.slice(3))
  expect(sent[0]).toBe('deployment/default/web')
  for (const group of sent) expect(group).toMatch(/^[!-~]{1,128}$/)
  expect(new Set(sent).size).toBe(3)
})
