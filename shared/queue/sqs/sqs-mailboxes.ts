import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Mailboxes } from '../mailboxes.ts'
import { createSqsQueue } from './sqs-queue.ts'

export interface SqsMailboxesOptions {
  readonly client: Pick<SQSClient, 'send'>
  /** queue names are this and the node's name, at most 80 characters in all */
  readonly prefix: string
}

/** An agent that is away for longer lists everything anyway. */
const retentionSeconds = 3600

/** SQS takes 80 letters, digits, dashes and underscores. */
export const mailboxName = (prefix: string, node: string): string =>
  `${prefix}${node}`.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 80)

export const createSqsMailboxes = ({ client, prefix }: SqsMailboxesOptions): Mailboxes => {
  const urls = new Map<string, string>()
  const nameOf = (node: string) => mailboxName(prefix, node)

  /** undefined: there is none */
  const urlOf = async (node: string): Promise<string | undefined> => {
    const known = urls.get(node)
    if (known !== undefined) return known
    try {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: nameOf(node) }))
      if (QueueUrl !== undefined) urls.set(node, QueueUrl)
      return QueueUrl
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  return {
    ensure: async (node) => {
      if (await urlOf(node)) return
      const Attributes = {
        MessageRetentionPeriod: String(retentionSeconds),
        ReceiveMessageWaitTimeSeconds: '20',
        // Reading takes a second: an agent to whom the letters never came is not to wait for long.
        VisibilityTimeout: '10',
        SqsManagedSseEnabled: 'true',
      }
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: nameOf(node), Attributes }))
      if (QueueUrl !== undefined) urls.set(node, QueueUrl)
    },
    remove: async (node) => {
      const url = await urlOf(node)
      urls.delete(node)
      if (url === undefined) return
      try {
        await client.send(new DeleteQueueCommand({ QueueUrl: url }))
      } catch (error) {
        if (!isMissing(error)) throw error
      }
    },
    deliver: async (letters) => {
      const byNode = Map.groupBy(letters, ({ node }) => node)
      const deliveries = [...byNode].map(async ([node, some]) => {
        const url = await urlOf(node)
        if (url === undefined) return
        try {
          await createSqsQueue({ client, url }).send(some.map(({ body }) => ({ body })))
        } catch (error) {
          urls.delete(node)
          if (!isMissing(error)) throw error
        }
      })
      await Promise.all(deliveries)
    },
  }
}

export const isMissing = (error: unknown) =>
  error instanceof Error && ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'].includes(error.name)
