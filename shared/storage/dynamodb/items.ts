import { createHash } from 'node:crypto'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { ObjectKey } from '../../meta/object.ts'

export type Item = Record<string, AttributeValue>
export type ItemKey = { readonly pk: AttributeValue.SMember; readonly sk: AttributeValue.SMember }

export const textOf = (item: Item, attribute: string): string => item[attribute]?.S ?? ''
export const numberOf = (item: Item, attribute: string): number => Number(item[attribute]?.N ?? 0)

/** Resources with many objects are spread, since one partition key takes 1,000 writes a second. Part of the format: never change a number. */
const partitions: Readonly<Record<string, number>> = { pods: 4, events: 4, 'events.events.k8s.io': 4 }

/** The partition keys that hold a resource. */
export const objectPartitions = (resource: string): string[] =>
  Array.from({ length: partitions[resource] ?? 1 }, (_, i) => `object#${resource}#${i}`)

export const objectItemKey = ({ resource, namespace, name }: ObjectKey): ItemKey => {
  const spread = partitions[resource] ?? 1
  const sk = sortKey(namespace, name)
  const slot = spread === 1 ? 0 : createHash('sha256').update(sk).digest().readUInt32BE(0) % spread
  return { pk: { S: `object#${resource}#${slot}` }, sk: { S: sk } }
}

/** Sort keys are compared by their bytes in UTF-8, which is the order lists have. */
export const sortKey = (namespace: string, name: string) => `${namespace}\0${name}`

export const keyOfObjectItem = (item: Item): ObjectKey => {
  const [, resource = ''] = textOf(item, 'pk').split('#')
  const [namespace = '', name = ''] = textOf(item, 'sk').split('\0')
  return { resource, namespace, name }
}

/**
 * What a deletion leaves for a while in the object's place, with its revision: a creation that took a lower one before, and comes
 * later, must not stand behind it. Undefined for it, and where there is nothing.
 */
export const liveObject = (item: Item | undefined): Item | undefined => (item?.gone ? undefined : item)

/** A partition key per block of revisions, so that no single one takes all writes for ever. */
export const logBlock = 1000
export const blockOf = (revision: number) => Math.floor(revision / logBlock)

const padded = (number: number) => String(number).padStart(16, '0')

export const logItemKey = (revision: number): ItemKey => ({ pk: { S: `log#${blockOf(revision)}` }, sk: { S: padded(revision) } })
export const revisionOfLogItem = (item: Item): number => Number(textOf(item, 'sk'))

const expiryPartition = 'expiry'
/** Ordered by when the object vanishes. */
export const expiryItemKey = (atMs: number, { resource, namespace, name }: ObjectKey): ItemKey => ({
  pk: { S: expiryPartition },
  sk: { S: `${padded(Math.ceil(atMs))}#${resource}\0${namespace}\0${name}` },
})

export const expiredBefore = (atMs: number) => ({
  KeyConditionExpression: 'pk = :pk AND sk <= :sk',
  ExpressionAttributeValues: { ':pk': { S: expiryPartition }, ':sk': { S: `${padded(Math.floor(atMs))}$` } },
})

export const keyOfExpiry = (item: Item): ObjectKey => decodeKey(textOf(item, 'sk').slice(padded(0).length + 1))

export const encodeKey = ({ resource, namespace, name }: ObjectKey) => `${resource}\0${namespace}\0${name}`
export const decodeKey = (text: string): ObjectKey => {
  const [resource = '', namespace = '', name = ''] = text.split('\0')
  return { resource, namespace, name }
}

export const epochSeconds = (ms: number): AttributeValue => ({ N: String(Math.ceil(ms / 1000)) })
