import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { DatedMessage } from '../../shared/dispatch/batch-worker.ts'

/** for what is to be said after the work: what was put off, and Events */
const marginMs = 10_000

/** What SQS calls, with ReportBatchItemFailures. A throw hands the whole batch out again, as does a process that ends. */
export const batchHandler =
  (open: () => Promise<(messages: readonly DatedMessage[], withinMs: number) => Promise<string[]>>) =>
  async ({ Records }: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const work = await open()
    const messages = Records.map(({ messageId, body, attributes }) => ({
      id: messageId,
      body,
      sentMs: Number(attributes.SentTimestamp),
      sender: attributes.SenderId,
    }))
    const again = await work(messages, context.getRemainingTimeInMillis() - marginMs)
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) }
  }
