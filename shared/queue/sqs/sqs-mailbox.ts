import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { Mailbox, ReceivedLetter } from '../mailbox.ts'
import type { LetterBody } from '../mailboxes.ts'
import { isMissing, mailboxName } from './sqs-mailboxes.ts'

export interface SqsMailboxOptions {
  readonly client: Pick<SQSClient, 'send'>
  /** as the functions have it */
  readonly prefix: string
  readonly node: string
}

/** SQS hands out, and takes back, so many at once. */
const batchSize = 10

export const createSqsMailbox = ({ client, prefix, node }: SqsMailboxOptions): Mailbox => {
  let url: string | undefined

  const find = async (): Promise<string | undefined> => {
    try {
      url ??= (await client.send(new GetQueueUrlCommand({ QueueName: mailboxName(prefix, node) }))).QueueUrl
      return url
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  return {
    receive: async ({ waitSeconds, signal }) => {
      const QueueUrl = await find()
      if (QueueUrl === undefined) return undefined
      try {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: batchSize, WaitTimeSeconds: waitSeconds }),
          { abortSignal: signal },
        )
        return Messages.flatMap(letterOf)
      } catch (error) {
        if (signal.aborted) return []
        url = undefined
        if (isMissing(error)) return undefined
        throw error
      }
    },
    discard: async (letters) => {
      if (url === undefined) return
      for (let from = 0; from < letters.length; from += batchSize) {
        const some = letters.slice(from, from + batchSize)
        const Entries = some.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }))
        // One that stays is read once more.
        await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }))
      }
    },
  }
}

const letterOf = ({ Body = '', ReceiptHandle = '' }: Message): ReceivedLetter[] => {
  try {
    return [{ body: JSON.parse(Body) as LetterBody, receipt: ReceiptHandle }]
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
