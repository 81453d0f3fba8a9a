import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { revisionOfLogItem } from './items.ts'

/** The records of the table's stream that tell of a change; others, expired items among them, are to wake nobody. */
export const logRecordFilter = { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'log#' }] } } } } as const

/** The revision that a record of the table's stream tells of; undefined: it tells of no change. */
export const revisionOfRecord = (record: {
  eventName?: string | undefined
  keys: Record<string, AttributeValue> | undefined
}): number | undefined =>
  record.eventName === 'INSERT' && record.keys?.pk?.S?.startsWith('log#') ? revisionOfLogItem(record.keys) : undefined
