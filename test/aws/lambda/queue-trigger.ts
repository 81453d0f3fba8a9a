import { jsonCall } from '../emulator/call.ts'
import type { Mapping, MappingsOptions } from './mapping.ts'

interface Message {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly Body: string
  readonly MD5OfBody: string
  readonly Attributes: Readonly<Record<string, string>>
}

/** of a trigger without a limit of its own */
const pollers = 5
const idleMs = 20

/**
 * Polls a queue as Lambda does: batches side by side, up to the mapping's concurrency; what the function names comes again after the
 * queue's visibility time-out, everything does when it fails. A FIFO queue itself keeps the messages of a group apart.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const pollQueue = async (options: MappingsOptions & { mapping: Mapping; signal: AbortSignal }): Promise<void> => {
  const { url, host, mapping, signal, onPoll } = options
  const { EventSourceArn, BatchSize, MaximumBatchingWindowInSeconds: window = 0 } = mapping
  const fn = host.functionOf(mapping.FunctionArn)
  const QueueUrl = `${url}/000000000000/${EventSourceArn.split(':').at(-1)}`
  const receive = async (MaxNumberOfMessages: number) => {
    const asked = { QueueUrl, MaxNumberOfMessages, WaitTimeSeconds: 0, AttributeNames: ['All'] }
    const { Messages = [] } = await jsonCall<{ Messages?: Message[] }>(url, 'AmazonSQS.ReceiveMessage', asked)
    return Messages
  }

  const work = async (messages: readonly Message[]): Promise<void> => {
    const result = await host
      .invoke(fn, { Records: messages.map((message) => recordOf(message, EventSourceArn)) })
      .catch(() => undefined)
    // Failed as a whole: all come again.
    if (result === undefined) return
    const { batchItemFailures = [] } = result as { batchItemFailures?: { itemIdentifier: string }[] }
    const again = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
    const done = messages.filter(({ MessageId }) => !again.has(MessageId))
    for (let i = 0; i < done.length; i += 10) {
      const Entries = done.slice(i, i + 10).map(({ MessageId: Id, ReceiptHandle }) => ({ Id, ReceiptHandle }))
      await jsonCall(url, 'AmazonSQS.DeleteMessageBatch', { QueueUrl, Entries })
      onPoll?.(EventSourceArn, 1)
    }
  }

  const gather = async (): Promise<Message[]> => {
    const found: Message[] = await receive(Math.min(10, BatchSize))
    if (found.length > 0) onPoll?.(EventSourceArn, 1)
    const endMs = Date.now() + window * 1000
    while (window > 0 && found.length > 0 && found.length < BatchSize && Date.now() < endMs && !signal.aborted) {
      await pause(idleMs * 5, signal)
      const more = await receive(Math.min(10, BatchSize - found.length))
      if (more.length > 0) onPoll?.(EventSourceArn, 1)
      found.push(...more)
    }
    return found
  }

  const loop = async () => {
    while (!signal.aborted) {
      const messages = mapping.isOn() ? await gather() : []
      if (messages.length > 0) await work(messages)
      else await pause(idleMs * 5, signal)
    }
  }
  await Promise.all(Array.from({ length: Math.min(pollers, mapping.ScalingConfig?.MaximumConcurrency ?? pollers) }, loop))
}

const recordOf = ({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes }: Message, eventSourceARN: string) => ({
  messageId: MessageId,
  receiptHandle: ReceiptHandle,
  body: Body,
  attributes: Attributes,
  messageAttributes: {},
  md5OfBody: MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN,
  awsRegion: 'us-east-1',
})

/** Resolves early when all is over. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
