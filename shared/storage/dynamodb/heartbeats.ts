import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { NodeUsage } from '../../resources/metrics/node-usage.ts'
import type { Heartbeats } from '../heartbeats.ts'
import { usageBytes, usageFromBytes } from '../usage-bytes.ts'
import { Connection } from './connection.ts'
import { type Item, type ItemKey, numberOf, textOf } from './items.ts'

/** the partition key that holds them, and nothing else */
export const heartbeatPartition = 'heartbeat'
const prefix = 'node/'
/** of sort keys */
const usagePrefix = 'usage/'

/** A read of all at once costs less than reads of more than so many. */
const fewNodes = 4

/** An expression has room for 4 KB and 300 operators. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const mostAtOnce = 40

/**
 * One item with an attribute a node, since a write costs by what it touches: a hundred nodes are 4 KB, ten thousand its 400 KB. A
 * heartbeat that comes late does not put the clock back. What a node uses is an item of its own, which is written when it has moved.
 */
export const openDynamoDbHeartbeats = (options: {
  readonly client: DynamoDBClient
  readonly table: string
  /** for what else does something at times; default: nodes */
  readonly partition?: string
}): Heartbeats => {
  const pk = { S: options.partition ?? heartbeatPartition }
  const key: ItemKey = { pk, sk: { S: 'all' } }
  const usageKey = (node: string): ItemKey => ({ pk, sk: { S: usagePrefix + node } })
  const connection = new Connection(options)
  const all = async () => beatsOf(await connection.get(key))

  const recordSome = async (beats: readonly (readonly [node: string, atMs: number])[]): Promise<void> => {
    for (let newer = beats; newer.length > 0; ) {
      const recorded = await connection.update({
        Key: key,
        UpdateExpression: `SET ${newer.map((_, i) => `#${i} = :${i}`).join(', ')}`,
        ConditionExpression: newer.map((_, i) => `(attribute_not_exists(#${i}) OR #${i} < :${i})`).join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(newer.map(([node], i) => [`#${i}`, prefix + node])),
        ExpressionAttributeValues: Object.fromEntries(newer.map(([, atMs], i) => [`:${i}`, { N: String(atMs) }])),
        ReturnValues: 'NONE',
      })
      if (recorded) return
      const known = await all()
      newer = newer.filter(([node, atMs]) => (known.get(node) ?? 0) < atMs)
    }
  }

  const allUsages = async (): Promise<Item[]> => {
    const items: Item[] = []
    let next: Item | undefined
    do {
      const page = await connection.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': pk, ':sk': { S: usagePrefix } },
        ExclusiveStartKey: next,
      })
      items.push(...page.items)
      next = page.next
    } while (next)
    return items
  }

  return {
    record: async (beats) => {
      for (const some of inParts([...beats])) await recordSome(some)
    },
    all,
    forget: async (nodes) => {
      for (const some of inParts(nodes)) {
        await connection.update({
          Key: key,
          UpdateExpression: `REMOVE ${some.map((_, i) => `#${i}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(some.map((node, i) => [`#${i}`, prefix + node])),
          ReturnValues: 'NONE',
        })
      }
      await connection.removeAll(nodes.map(usageKey))
    },
    recordUsage: async (usages) => {
      const write = ([node, usage]: readonly [string, NodeUsage]) =>
        connection.update({
          Key: usageKey(node),
          UpdateExpression: 'SET #usage = :usage, #at = :at',
          ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
          ExpressionAttributeNames: { '#usage': 'usage', '#at': 'at' },
          ExpressionAttributeValues: { ':usage': { B: usageBytes(usage) }, ':at': { N: String(usage.atMs) } },
          ReturnValues: 'NONE',
        })
      await Promise.all([...usages].map(write))
    },
    usages: async (nodes) => {
      const few = nodes && nodes.length <= fewNodes
      const items = few ? await Promise.all(nodes.map((node) => connection.get(usageKey(node)))) : await allUsages()
      const found = items.map(usageOf).filter((one) => one !== undefined)
      return new Map(nodes ? found.filter(([node]) => nodes.includes(node)) : found)
    },
  }
}

const beatsOf = (item: Item = {}): Map<string, number> =>
  new Map(
    Object.keys(item)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name.slice(prefix.length), numberOf(item, name)]),
  )

const usageOf = (item: Item | undefined): readonly [node: string, usage: NodeUsage] | undefined => {
  const usage = item?.usage?.B && usageFromBytes(item.usage.B)
  return usage && [textOf(item, 'sk').slice(usagePrefix.length), usage]
}

const inParts = <T>(values: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(values.length / mostAtOnce) }, (_, i) => values.slice(i * mostAtOnce, (i + 1) * mostAtOnce))
