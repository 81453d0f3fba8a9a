import { randomUUID } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../store.ts'
import type { Connection } from './connection.ts'
import { epochSeconds, type Item, type ItemKey } from './items.ts'
import { ttlAttribute } from './table.ts'

/**
 * A value as it stands in an item: `{ d: bytes }`, compressed when `z` is set, or `{ blob, parts }` when it is too large to stand
 * there beside a previous one (an item holds 400 KB).
 */
export type StoredValue = AttributeValue.MMember

const inlineBytes = 180_000
const partBytes = 350_000
/** Below this, compressing saves no unit. */
const compressFrom = 1024

/** How long the parts of a value that no object refers to stay: longer than any history. */
const orphanMs = 24 * 3600 * 1000

const pack = (value: Uint8Array): { bytes: Uint8Array; compressed: boolean } => {
  if (value.length < compressFrom) return { bytes: value, compressed: false }
  const packed = zstdCompressSync(value)
  return packed.length < value.length ? { bytes: packed, compressed: true } : { bytes: value, compressed: false }
}

/** Large values are put beside first, as orphans; `adoption` makes them stay, in the transaction that refers to them. */
export const storeValue = async (connection: Connection, value: Uint8Array, nowMs: number): Promise<StoredValue> => {
  const { bytes, compressed } = pack(value)
  const z = { z: { BOOL: compressed } }
  if (bytes.length <= inlineBytes) return { M: { d: { B: bytes }, ...z } }
  const blob = randomUUID()
  const parts = Math.ceil(bytes.length / partBytes)
  for (let i = 0; i < parts; i++) {
    const d = bytes.subarray(i * partBytes, (i + 1) * partBytes)
    await connection.putIfAbsent({ ...partKey(blob, i), d: { B: d }, [ttlAttribute]: epochSeconds(nowMs + orphanMs) })
  }
  return { M: { blob: { S: blob }, parts: { N: String(parts) }, ...z } }
}

export const loadValue = async (connection: Connection, stored: AttributeValue | undefined): Promise<Uint8Array> => {
  const fields = stored?.M ?? {}
  const bytes = fields.blob?.S === undefined ? (fields.d?.B ?? new Uint8Array()) : await loadBlob(connection, fields)
  return fields.z?.BOOL ? zstdDecompressSync(bytes) : bytes
}

/** Items for the transaction that make a large value stay. */
export const adoption = (connection: Connection, stored: StoredValue) =>
  partsOf(stored).map((Key) => ({
    Update: {
      TableName: connection.table,
      Key,
      UpdateExpression: 'REMOVE #ttl',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
    },
  }))

/** After a large value was replaced: history may still show it, then its parts go. If this is cut off they stay, and nothing is lost. */
export const orphan = async (connection: Connection, stored: AttributeValue | undefined, nowMs: number): Promise<void> => {
  for (const { pk, sk } of partsOf(stored)) {
    await connection.update({
      Key: { pk, sk },
      UpdateExpression: 'SET #ttl = :at',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: { ':at': epochSeconds(nowMs + orphanMs) },
    })
  }
}

const partKey = (blob: string, index: number): ItemKey => ({
  pk: { S: `blob#${blob}` },
  sk: { S: String(index).padStart(4, '0') },
})

const partsOf = (stored: AttributeValue | undefined): ItemKey[] => {
  const blob = stored?.M?.blob?.S
  if (blob === undefined) return []
  return Array.from({ length: Number(stored?.M?.parts?.N ?? 0) }, (_, i) => partKey(blob, i))
}

const loadBlob = async (connection: Connection, fields: Item): Promise<Uint8Array> => {
  const parts = await Promise.all(partsOf({ M: fields }).map((key) => connection.get(key)))
  const bytes = parts.map((part) => part?.d?.B)
  if (bytes.some((part) => part === undefined))
    throw new StoreUnavailable(`table "${connection.table}" has lost parts of the value ${fields.blob?.S}`)
  return Buffer.concat(bytes as Uint8Array[])
}
