import { createHash } from 'node:crypto'
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import type { Clock } from '../../shared/platform/clock.ts'

interface Message {
  readonly id: string
  readonly body: string
  readonly group: string | undefined
  readonly sentMs: number
  visibleMs: number
  receives: number
}

interface Queue {
  readonly fifo: boolean
  readonly messages: Message[]
  /** deduplication ids, and when they were taken */
  readonly taken: Map<string, number>
}

type Consumer = (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<SQSBatchResponse>

const deduplicationMs = 300_000
/** what a function is given for a batch */
const functionMs = 60_000
const md5 = (text = '') => createHash('md5').update(text).digest('hex')

/** SQS as its client and its Lambda triggers see it: FIFO groups, deduplication, delays, redrive after failures. */
export class FakeSqs {
  readonly #queues = new Map<string, Queue>()
  readonly #clock: Clock
  readonly #arrivals = new Set<() => void>()
  #lastId = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  readonly client = {
    send: (command: unknown, options?: { abortSignal?: AbortSignal }) => this.#send(command, options?.abortSignal),
  } as unknown as Pick<SQSClient, 'send'>

  create(name: string): string {
    const url = `https://sqs.test/${name}`
    if (!this.#queues.has(url)) this.#queues.set(url, { fifo: name.endsWith('.fifo'), messages: [], taken: new Map() })
    return url
  }

  bodies(url: string): unknown[] {
    return this.#of(url).messages.map(({ body }) => JSON.parse(body) as unknown)
  }

  names(): string[] {
    return [...this.#queues.keys()].map((url) => url.split('/').at(-1) ?? '')
  }

  remove(url: string): void {
    this.#queues.delete(url)
  }

  /** every message that was ever sent, as it was sent */
  readonly sent: string[] = []

  purge(url: string): void {
    this.#of(url).messages.length = 0
  }

  /** One poll of a trigger: hands out a batch, if there is one. Answers whether there was. */
  async deliver(
    url: string,
    consumer: Consumer,
    options: { size?: number; visibilityMs?: number; redriveTo?: string } = {},
  ): Promise<boolean> {
    const { size = 10, visibilityMs = 30_000, redriveTo } = options
    const batch = this.#receive(this.#of(url), size)
    if (batch.length === 0) return false
    for (const message of batch) {
      message.receives++
      message.visibleMs = this.#clock.now() + visibilityMs
    }
    const failed = await this.#consume(batch, consumer)
    const { messages } = this.#of(url)
    for (const message of batch) {
      const poisoned = message.receives >= 3 && redriveTo !== undefined
      if (failed.has(message.id) && !poisoned) continue
      messages.splice(messages.indexOf(message), 1)
      if (failed.has(message.id) && redriveTo) this.#of(redriveTo).messages.push(message)
    }
    return true
  }

  /** When the next message that is hidden now can be had. */
  nextVisibleMs(): number | undefined {
    const hidden = [...this.#queues.values()].flatMap(({ messages }) => messages.map(({ visibleMs }) => visibleMs))
    const later = hidden.filter((ms) => ms > this.#clock.now())
    return later.length ? Math.min(...later) : undefined
  }

  async #consume(batch: readonly Message[], consumer: Consumer): Promise<Set<string>> {
    const Records = batch.map(({ id, body, sentMs }): Partial<SQSRecord> => {
      const attributes = { SentTimestamp: String(sentMs) } as SQSRecord['attributes']
      return { messageId: id, body, attributes }
    })
    try {
      const { batchItemFailures } = await consumer(
        { Records: Records as SQSRecord[] },
        { getRemainingTimeInMillis: () => functionMs },
      )
      return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    } catch {
      return new Set(batch.map(({ id }) => id))
    }
  }

  #receive({ fifo, messages }: Queue, size: number): Message[] {
    const now = this.#clock.now()
    const blocked = new Set<string>()
    const batch: Message[] = []
    for (const message of messages) {
      if (batch.length === size) break
      const visible = message.visibleMs <= now && !blocked.has(message.group ?? '')
      if (visible) batch.push(message)
      else if (fifo) blocked.add(message.group ?? '')
    }
    return batch
  }

  async #send(command: unknown, signal?: AbortSignal): Promise<unknown> {
    if (command instanceof ReceiveMessageCommand) return this.#poll(command.input, signal)
    if (command instanceof DeleteMessageBatchCommand) {
      const { messages } = this.#of(command.input.QueueUrl ?? '')
      const done = new Set(command.input.Entries?.map(({ ReceiptHandle }) => ReceiptHandle))
      for (const message of messages.filter(({ id }) => done.has(id))) messages.splice(messages.indexOf(message), 1)
      return { Successful: command.input.Entries?.map(({ Id }) => ({ Id })), Failed: [] }
    }
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl = '', Entries = [] } = command.input
      const queue = this.#of(QueueUrl)
      if (Entries.length > 10 || new Set(Entries.map(({ Id }) => Id)).size < Entries.length) throw new Error('bad batch')
      for (const entry of Entries) {
        this.sent.push(JSON.stringify(entry))
        if (queue.fifo && (entry.MessageGroupId === undefined || entry.DelaySeconds !== undefined))
          throw new Error('bad FIFO entry')
        if (this.#isRepeated(queue, entry.MessageDeduplicationId)) continue
        queue.messages.push({
          id: String(++this.#lastId),
          body: entry.MessageBody ?? '',
          group: entry.MessageGroupId,
          sentMs: this.#clock.now(),
          visibleMs: this.#clock.now() + (entry.DelaySeconds ?? 0) * 1000,
          receives: 0,
        })
      }
      for (const arrived of this.#arrivals) arrived()
      return {
        Successful: Entries.map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) })),
        Failed: [],
      }
    }
    if (command instanceof GetQueueUrlCommand) {
      const url = `https://sqs.test/${command.input.QueueName}`
      if (!this.#queues.has(url)) throw this.#missing()
      return { QueueUrl: url }
    }
    if (command instanceof CreateQueueCommand) return { QueueUrl: this.create(command.input.QueueName ?? '') }
    if (command instanceof DeleteQueueCommand) {
      if (!this.#queues.delete(command.input.QueueUrl ?? '')) throw this.#missing()
      return {}
    }
    throw new Error('FakeSqs does not know this command')
  }

  /** A long poll: an answer as soon as there is a message, or an empty one when the time is over. */
  async #poll({ QueueUrl = '', MaxNumberOfMessages = 1, WaitTimeSeconds = 0 }: ReceiveMessageCommandInput, signal?: AbortSignal) {
    const until = this.#clock.now() + WaitTimeSeconds * 1000
    for (;;) {
      const batch = this.#receive(this.#of(QueueUrl), MaxNumberOfMessages)
      for (const message of batch)
        Object.assign(message, { receives: message.receives + 1, visibleMs: this.#clock.now() + 30_000 })
      const left = until - this.#clock.now()
      if (signal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' })
      if (batch.length > 0 || left <= 0) {
        return {
          Messages: batch.map(({ id, body }) => ({ MessageId: id, ReceiptHandle: id, Body: body, MD5OfBody: md5(body) })),
        }
      }
      const over = new AbortController()
      const arrival = new Promise<void>((resolve) => {
        this.#arrivals.add(resolve)
        over.signal.addEventListener('abort', () => this.#arrivals.delete(resolve))
      })
      await Promise.race([arrival, this.#clock.sleep(left, signal ? AbortSignal.any([signal, over.signal]) : over.signal)])
      over.abort()
    }
  }

  #isRepeated({ taken }: Queue, id: string | undefined): boolean {
    if (id === undefined) return false
    const before = taken.get(id)
    if (before !== undefined && this.#clock.now() - before < deduplicationMs) return true
    taken.set(id, this.#clock.now())
    return false
  }

  #of(url: string): Queue {
    const queue = this.#queues.get(url)
    if (!queue) throw this.#missing()
    return queue
  }

  #missing(): Error {
    const error = new Error('The specified queue does not exist.')
    error.name = 'QueueDoesNotExist'
    return error
  }
}
