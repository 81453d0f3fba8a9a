import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import type { DispatchWorker } from '../../shared/dispatch/dispatch-worker.ts'
import type { Logger } from '../../shared/platform/log.ts'
import { revisionOfRecord } from '../../shared/storage/dynamodb/stream.ts'

/** What the table's stream calls, with ReportBatchItemFailures: from the first record that is named on, all come again. */
export const streamHandler =
  (open: () => Promise<DispatchWorker>, log: Logger) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const revisions = Records.flatMap(({ eventName, dynamodb }) => {
      const keys = dynamodb?.Keys as Record<string, AttributeValue> | undefined
      return revisionOfRecord({ eventName, keys }) ?? []
    })
    if (revisions.length === 0) return { batchItemFailures: [] }
    try {
      const dispatch = await open()
      await dispatch(revisions)
      return { batchItemFailures: [] }
    } catch (error) {
      // They are told together, and telling twice does no harm.
      log.error('could not tell of changes, they come again', { revisions, error })
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] }
    }
  }
