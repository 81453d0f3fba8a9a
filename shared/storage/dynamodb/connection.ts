import {
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type ConsumedCapacity,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { StoreUnavailable } from '../store.ts'
import { createBackoff, hasName, isAmbiguous, isThrottled } from './errors.ts'
import type { Item, ItemKey } from './items.ts'

/** What was asked of DynamoDB: it is the bill. */
export interface Usage {
  calls: number
  readUnits: number
  writeUnits: number
}

/**
 * One table. Throttling is waited for, and what may be repeated is repeated; what is left becomes `StoreUnavailable`. Every
 * read is consistent.
 */
export class Connection {
  readonly table: string
  readonly usage: Usage = { calls: 0, readUnits: 0, writeUnits: 0 }
  readonly #client: DynamoDBClient

  constructor(options: { client: DynamoDBClient; table: string }) {
    this.#client = options.client
    this.table = options.table
  }

  describe() {
    return this.#perform(() => this.#client.send(new DescribeTableCommand({ TableName: this.table })))
  }

  async get({ pk, sk }: ItemKey): Promise<Item | undefined> {
    const { Item, ConsumedCapacity } = await this.#perform(() =>
      this.#client.send(
        new GetItemCommand({ TableName: this.table, Key: { pk, sk }, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' }),
      ),
    )
    this.#count('readUnits', ConsumedCapacity)
    return Item
  }

  /** One page: up to 1 MB. */
  async query(input: Omit<QueryCommandInput, 'TableName'>): Promise<{ items: Item[]; next: Item | undefined }> {
    const { Items, LastEvaluatedKey, ConsumedCapacity } = await this.#perform(() =>
      this.#client.send(
        new QueryCommand({ ...input, TableName: this.table, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL' }),
      ),
    )
    this.#count('readUnits', ConsumedCapacity)
    return { items: Items ?? [], next: LastEvaluatedKey }
  }

  /** Returns whether it was put; repeating it after a lost answer says false, although it is there. */
  async putIfAbsent(item: Item): Promise<boolean> {
    try {
      const { ConsumedCapacity } = await this.#perform(() =>
        this.#client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: item,
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnConsumedCapacity: 'TOTAL',
          }),
        ),
      )
      this.#count('writeUnits', ConsumedCapacity)
      return true
    } catch (error) {
      if (hasName(cause(error), 'ConditionalCheckFailedException')) return false
      throw error
    }
  }

  /** Returns the new attributes, unless others are asked for, or undefined when the condition did not hold. */
  async update(input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<Item | undefined> {
    try {
      const { Attributes, ConsumedCapacity } = await this.#perform(() =>
        this.#client.send(
          new UpdateItemCommand({ ReturnValues: 'ALL_NEW', ...input, TableName: this.table, ReturnConsumedCapacity: 'TOTAL' }),
        ),
      )
      this.#count('writeUnits', ConsumedCapacity)
      return Attributes ?? {}
    } catch (error) {
      if (hasName(cause(error), 'ConditionalCheckFailedException')) return undefined
      throw error
    }
  }

  async remove({ pk, sk }: ItemKey): Promise<void> {
    const { ConsumedCapacity } = await this.#perform(() =>
      this.#client.send(new DeleteItemCommand({ TableName: this.table, Key: { pk, sk }, ReturnConsumedCapacity: 'TOTAL' })),
    )
    this.#count('writeUnits', ConsumedCapacity)
  }

  async removeAll(keys: readonly ItemKey[]): Promise<void> {
    for (let i = 0; i < keys.length; i += 25) {
      let requests = keys.slice(i, i + 25).map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } }))
      const backoff = createBackoff()
      for (let attempt = 1; requests.length > 0; attempt++) {
        const input: BatchWriteItemCommandInput = { RequestItems: { [this.table]: requests }, ReturnConsumedCapacity: 'TOTAL' }
        const { UnprocessedItems, ConsumedCapacity } = await this.#perform(() =>
          this.#client.send(new BatchWriteItemCommand(input)),
        )
        for (const consumed of ConsumedCapacity ?? []) this.#count('writeUnits', consumed)
        requests = (UnprocessedItems?.[this.table] ?? []) as typeof requests
        if (requests.length > 0 && !(await backoff.before(attempt)))
          throw new StoreUnavailable(`table "${this.table}" is throttled: try again later`)
      }
    }
  }

  /** One attempt; the failure is DynamoDB's own, for the writer to judge. */
  async transactOnce(input: TransactWriteItemsCommandInput): Promise<void> {
    this.usage.calls++
    const { ConsumedCapacity } = await this.#client.send(
      new TransactWriteItemsCommand({ ...input, ReturnConsumedCapacity: 'TOTAL' }),
    )
    for (const consumed of ConsumedCapacity ?? []) this.#count('writeUnits', consumed)
  }

  close(): void {
    this.#client.destroy()
  }

  async #perform<T>(send: () => Promise<T>): Promise<T> {
    const backoff = createBackoff()
    for (let attempt = 1; ; attempt++) {
      this.usage.calls++
      try {
        return await send()
      } catch (error) {
        const passing = isThrottled(error) || isAmbiguous(error)
        if (!passing || !(await backoff.before(attempt))) throw this.unavailable(error)
      }
    }
  }

  unavailable(error: unknown): StoreUnavailable {
    if (error instanceof StoreUnavailable) return error
    const text = error instanceof Error ? error.message : String(error)
    const advice = hasName(error, 'ResourceNotFoundException')
      ? 'there is no such table: deploy the stack, or name another'
      : hasName(error, 'AccessDeniedException', 'UnrecognizedClientException', 'CredentialsProviderError')
        ? `not allowed: ${text}`
        : isThrottled(error)
          ? `throttled: try again later (${text})`
          : text
    return new StoreUnavailable(`table "${this.table}": ${advice}`, { cause: error })
  }

  #count(units: 'readUnits' | 'writeUnits', consumed: ConsumedCapacity | undefined): void {
    this.usage[units] += consumed?.CapacityUnits ?? 0
  }
}

const cause = (error: unknown): unknown => (error instanceof StoreUnavailable ? error.cause : error)
