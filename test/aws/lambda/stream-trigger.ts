import { jsonCall } from '../emulator/call.ts'
import type { Mapping, MappingsOptions } from './mapping.ts'
import { fits } from './pattern.ts'
import { pause } from './queue-trigger.ts'

interface StreamRecord {
  readonly eventName: string
  readonly dynamodb: { readonly SequenceNumber: string }
}
interface Shards {
  readonly StreamDescription: { readonly Shards: { readonly ShardId: string }[] }
}

/** Lambda reads a shard four times a second; here a little oftener, so that tests are quick. */
const pollMs = 100
const retryMs = 100

/**
 * Reads the table's stream as Lambda does: records in order, from the one that the function names on again, after so many times to the
 * failure queue. https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const pollStream = async (options: MappingsOptions & { mapping: Mapping; signal: AbortSignal }): Promise<void> => {
  const { url, tables, host, mapping, signal, disturb = (records) => [[...records]] } = options
  const fn = host.functionOf(mapping.FunctionArn)
  const patterns = (mapping.FilterCriteria?.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern) as Record<string, unknown>)
  const wanted = (record: StreamRecord) => patterns.length === 0 || patterns.some((pattern) => fits(pattern, record))
  const failures = mapping.DestinationConfig?.OnFailure?.Destination
  const attempts = 1 + (mapping.MaximumRetryAttempts ?? 20)

  const bury = async (records: readonly StreamRecord[]) => {
    if (!failures) return
    const [first] = records
    const MessageBody = JSON.stringify({
      requestContext: { condition: 'RetryAttemptsExhausted' },
      DDBStreamBatchInfo: first?.dynamodb,
    })
    await jsonCall(url, 'AmazonSQS.SendMessage', { QueueUrl: `${url}/000000000000/${failures.split(':').at(-1)}`, MessageBody })
  }
  const deliver = async (all: readonly StreamRecord[]): Promise<void> => {
    let records = all
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt++) {
      const result = await host.invoke(fn, { Records: records }).catch(() => undefined)
      const { batchItemFailures = [] } = (result ?? {}) as { batchItemFailures?: { itemIdentifier: string }[] }
      if (result !== undefined && batchItemFailures.length === 0) return
      const from = records.findIndex(({ dynamodb }) =>
        batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === dynamodb.SequenceNumber),
      )
      records = records.slice(Math.max(0, from))
      await pause(retryMs * 2 ** Math.min(attempt, 6), signal)
    }
    if (!signal.aborted) await bury(records)
  }

  const StreamArn = tables.streamOf(mapping.EventSourceArn)
  const { StreamDescription } = await jsonCall<Shards>(tables.url, 'DynamoDBStreams_20120810.DescribeStream', { StreamArn })
  const shards = StreamDescription.Shards.map(async ({ ShardId }) => {
    const asked = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    let { ShardIterator } = await jsonCall<{ ShardIterator?: string }>(
      tables.url,
      'DynamoDBStreams_20120810.GetShardIterator',
      asked,
    )
    while (ShardIterator !== undefined && !signal.aborted) {
      interface Read {
        readonly Records: StreamRecord[]
        readonly NextShardIterator?: string
      }
      const read: Read = await jsonCall<Read>(tables.url, 'DynamoDBStreams_20120810.GetRecords', { ShardIterator, Limit: 1000 })
      ShardIterator = read.NextShardIterator
      const records = read.Records.filter(wanted)
      for (const batch of disturb(records)) {
        for (let i = 0; i < batch.length; i += mapping.BatchSize) await deliver(batch.slice(i, i + mapping.BatchSize))
      }
      if (read.Records.length === 0) await pause(pollMs, signal)
    }
  })
  await Promise.all(shards)
}
