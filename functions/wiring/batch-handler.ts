import type { SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { BatchWorker } from '../../shared/dispatch/batch-worker.ts'

/** What SQS calls, with ReportBatchItemFailures. A throw hands the whole batch out again. */
export const batchHandler =
  (open: () => Promise<BatchWorker>) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const work = await open()
    const again = await work(Records.map(({ messageId, body }) => ({ id: messageId, body })))
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) }
  }
