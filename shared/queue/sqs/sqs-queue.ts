import { createHash } from 'node:crypto'
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs'
import { type Clock, systemClock } from '../../platform/clock.ts'
import type { MessageQueue, OutgoingMessage } from '../message-queue.ts'

export interface SqsQueueOptions {
  readonly client: Pick<SQSClient, 'send'>
  readonly url: string
  readonly clock?: Clock | undefined
}

/** SQS takes so many at once. */
const batchSize = 10
/** of all bodies of a batch together; SQS takes 1 MiB */
const batchBytes = 900_000
const attempts = 4

export const createSqsQueue = ({ client, url, clock = systemClock }: SqsQueueOptions): MessageQueue => {
  const sendBatch = async (entries: readonly SendMessageBatchRequestEntry[]): Promise<void> => {
    let left = entries
    for (let attempt = 1; left.length > 0; attempt++) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [...left] }))
      if (Failed.length === 0) return
      const fault = Failed.find(({ SenderFault }) => SenderFault)
      if (fault || attempt === attempts) throw new MessageNotTaken(url, fault ?? Failed[0]!)
      const failed = new Set(Failed.map(({ Id }) => Id))
      left = left.filter(({ Id }) => failed.has(Id))
      await clock.sleep(50 * 2 ** attempt)
    }
  }
  return {
    send: async (messages) => {
      await Promise.all(batchesOf(messages.map(entryOf)).map(sendBatch))
    },
  }
}

class MessageNotTaken extends Error {
  constructor(url: string, { Code, Message }: { Code?: string | undefined; Message?: string | undefined }) {
    super(`the queue ${url} did not take a message: ${Code}: ${Message}`)
    this.name = 'MessageNotTaken'
  }
}

const entryOf = (
  { body, group, deduplicationId, delaySeconds }: OutgoingMessage,
  index: number,
): SendMessageBatchRequestEntry => ({
  Id: String(index),
  MessageBody: JSON.stringify(body),
  ...(group !== undefined && { MessageGroupId: token(group) }),
  ...(deduplicationId !== undefined && { MessageDeduplicationId: token(deduplicationId) }),
  ...(delaySeconds !== undefined && { DelaySeconds: Math.min(900, Math.max(0, Math.ceil(delaySeconds))) }),
})

/** Groups and deduplication ids hold 128 characters without blanks; what does not fit stands as its hash. */
const token = (text: string): string =>
  /^[!-~]{1,128}$/.test(text) ? text : createHash('sha256').update(text).digest('base64url')

/** As few calls as SQS allows. */
const batchesOf = (entries: readonly SendMessageBatchRequestEntry[]): SendMessageBatchRequestEntry[][] => {
  const batches: SendMessageBatchRequestEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.MessageBody ?? '')
    const last = batches.at(-1)
    if (last && last.length < batchSize && bytes + size <= batchBytes) {
      last.push(entry)
      bytes += size
    } else {
      batches.push([entry])
      bytes = size
    }
  }
  return batches
}
