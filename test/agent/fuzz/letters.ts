import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { Answerer } from '../../../agent/answers/answerer.ts'
import { startMailboxInformers } from '../../../agent/informer/mailbox-informers.ts'
import type { ContainerRuntime } from '../../../agent/runtime/runtime.ts'
import type { Client } from '../../../shared/client/client.ts'
import { notFound } from '../../../shared/meta/status.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { createSqsMailbox } from '../../../shared/queue/sqs/sqs-mailbox.ts'
import { createDirectReach } from '../../../shared/reach/direct.ts'
import type { Pod } from '../../../shared/resources/resource.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import type { FuzzTarget } from './fuzz-target.ts'

const path = '/containerLogs/shop/web/main?tailLines=1'
const question = { id: 'q', key: 'a'.repeat(43), path, untilMs: 9_999_999_999_999 }
const call = {
  address: { host: '127.0.0.1', port: 9 },
  ...{ method: 'POST', headers: { accept: '*/*' }, tls: { serverName: 'x' }, body: 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=' },
}
const letters = [
  { question },
  { question: { ...question, call } },
  { question: { ...question, call: { ...call, body: undefined, bodyParts: 2 } } },
  { question: { ...question, path: '/containerLogs/shop/web/%zz?sinceSeconds=x' } },
  { resource: 'pods', namespace: 'shop', name: 'web', revision: 7 },
  { resource: 'secrets', namespace: 'shop', name: '../../x', revision: -1 },
].map((letter) => Buffer.from(JSON.stringify(letter)))

/** A mailbox into which anybody may have put anything. */
export const mailbox = async (): Promise<FuzzTarget> => {
  const log = createLogger({ write: () => undefined })
  const clock = new ManualClock()
  const stopping = new AbortController()
  const pod = {
    metadata: { name: 'web', namespace: 'shop', uid: 'u' },
    spec: { containers: [{ name: 'main' }] },
  } as unknown as Pod
  const runtime = {
    pod: () => ({ containers: [{ id: 'c', name: 'main', state: 'running' }] }),
    logs: async () => Readable.from([Buffer.from('line\n')]),
  } as unknown as ContainerRuntime
  const answered = new Set<string>()
  const sink = { put: async ({ id }: { id: string }) => void answered.add(id) }
  const caller = { reach: createDirectReach(), bodies: { read: async () => [] } }
  const answerer = new Answerer({ source: { runtime, pods: () => [pod] }, sink, caller, clock, log })
  const client = {
    list: async () => ({ items: [], metadata: { resourceVersion: '1' } }),
    get: async () => {
      throw notFound('', 'pods', 'web')
    },
  } as unknown as Client
  let waiting: string[] = []
  const sqs = {
    send: async (command: { constructor: { name: string } }) => {
      if (command.constructor.name === 'GetQueueUrlCommand') return { QueueUrl: 'x' }
      if (command.constructor.name !== 'ReceiveMessageCommand') return {}
      while (waiting.length === 0 && !stopping.signal.aborted) await turn()
      return { Messages: waiting.splice(0, 10).map((Body) => ({ Body, ReceiptHandle: 'r' })) }
    },
  }
  startMailboxInformers({
    ...{ client, nodeName: 'i-1', clock, log, signal: stopping.signal },
    mailbox: createSqsMailbox({ client: sqs as never, prefix: 'x', node: 'i-1' }),
    onQuestion: (asked) => answerer.take(asked),
  })
  const emptied = async () => {
    while (waiting.length > 0) await turn()
    await turn()
  }
  return {
    feed: async (random, count) => {
      answered.clear()
      waiting = Array.from({ length: count }, () => random.input(letters).toString('utf8'))
      await emptied()
    },
    alive: async () => {
      const id = `alive-${Math.random()}`
      waiting.push(JSON.stringify({ question: { ...question, id } }))
      for (const until = Date.now() + 5000; !answered.has(id) && Date.now() < until; ) await turn()
      if (!answered.has(id)) throw new Error('a question is not answered')
    },
    close: async () => {
      stopping.abort()
      answerer.stop()
    },
  }
}
