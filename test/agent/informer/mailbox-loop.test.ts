import { afterEach, beforeEach, expect, it } from 'vitest'
import { runMailboxLoop } from '../../../agent/informer/mailbox-loop.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { LetterBody } from '../../../shared/queue/mailboxes.ts'
import { createSqsMailbox } from '../../../shared/queue/sqs/sqs-mailbox.ts'
import { createSqsMailboxes } from '../../../shared/queue/sqs/sqs-mailboxes.ts'
import { FakeSqs } from '../../fakes/fake-sqs.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

let clock: ManualClock
let sqs: FakeSqs
let stopping: AbortController
let seen: string[]
let fail: boolean
let mailboxes: ReturnType<typeof createSqsMailboxes>
const url = 'https://sqs.test/test-mailbox-i-1'

beforeEach(() => {
  clock = new ManualClock()
  sqs = new FakeSqs(clock)
  mailboxes = createSqsMailboxes({ client: sqs.client, prefix: 'test-mailbox-' })
  stopping = new AbortController()
  seen = []
  fail = false
})
afterEach(() => stopping.abort())

const start = () => {
  void runMailboxLoop({
    mailbox: createSqsMailbox({ client: sqs.client, prefix: 'test-mailbox-', node: 'i-1' }),
    read: async (letters) => {
      seen.push(`read ${letters.map((each) => ('name' in each ? each.name : '?')).join(' ')}`)
      if (fail) throw new Error('the API is away')
    },
    relist: async () => {
      seen.push('list')
    },
    clock,
    log: createLogger({ write: () => undefined }),
    signal: stopping.signal,
  })
}
const deliver = (...names: string[]) =>
  mailboxes.deliver(
    names.map((name) => ({ node: 'i-1', body: { resource: 'pods', namespace: 'n', name, revision: 1 } as LetterBody })),
  )
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))
/** Time goes on in steps, so that whoever sleeps in turn gets its turn. */
const pass = async (seconds: number) => {
  for (let left = seconds; left > 0; left -= 20) {
    clock.advance(Math.min(left, 20) * 1000)
    await settle()
  }
}

it('lists first, then reads letters as they come, and throws them away when they are done', async () => {
  await mailboxes.ensure('i-1')
  start()
  await expect.poll(() => seen).toEqual(['list'])
  await deliver('a')
  await expect.poll(() => seen).toEqual(['list', 'read a'])
  await expect.poll(() => sqs.bodies(url)).toEqual([])
})

it('takes many letters together', async () => {
  await mailboxes.ensure('i-1')
  await deliver(...Array.from({ length: 25 }, (_, i) => `p${i}`))
  start()
  await expect.poll(() => seen.length).toBe(2)
  expect(seen[1]?.split(' ')).toHaveLength(26)
})

it('reads letters again that could not be dealt with', async () => {
  await mailboxes.ensure('i-1')
  fail = true
  start()
  await deliver('a')
  await expect.poll(() => seen).toContain('read a')
  fail = false
  seen.length = 0
  await pass(60)
  await expect.poll(() => seen).toEqual(['read a'])
  expect(sqs.bodies(url)).toEqual([])
})

it('lists again when its mailbox was missing, and each hour', async () => {
  start()
  await expect.poll(() => seen).toEqual(['list'])
  await mailboxes.ensure('i-1')
  await pass(10)
  await expect.poll(() => seen).toEqual(['list'])
  await pass(40)
  await expect.poll(() => seen).toEqual(['list', 'list'])
  await pass(3500)
  expect(seen).toEqual(['list', 'list'])
  await pass(140)
  await expect.poll(() => seen).toEqual(['list', 'list', 'list'])
  sqs.remove(url)
  await pass(60)
  await mailboxes.remove('i-1')
  await mailboxes.ensure('i-1')
  await pass(60)
  await expect.poll(() => seen).toHaveLength(4)
})
