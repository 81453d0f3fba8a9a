import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../platform/clock.ts'
import type { AnswerPart, AnswerSink, AnswerSource } from './answers.ts'
import { openPart, sealPart } from './sealed-part.ts'

export interface DynamoDbAnswersOptions {
  readonly client: Pick<DynamoDBClient, 'send'>
  /** the store's: answers stand under keys of their own, which no event source listens to */
  readonly table: string
  readonly clock: Clock
}

/** Instances may write below it, and nowhere else. */
export const answerKeyPrefix = 'answer#'
const keptSeconds = 600
/** the table's time to live */
const ttlAttribute = 'expires'

const pkOf = (id: string) => ({ S: `${answerKeyPrefix}${id}` })
const skOf = (number: number) => ({ S: String(number).padStart(8, '0') })

export const createDynamoDbAnswerSink = ({ client, table, clock }: DynamoDbAnswersOptions): AnswerSink => ({
  put: async ({ id, key }, number, part) => {
    const data = { B: await sealPart(part, { id, key, number }) }
    const expires = { N: String(Math.ceil(clock.now() / 1000) + keptSeconds) }
    await client.send(
      new PutItemCommand({ TableName: table, Item: { pk: pkOf(id), sk: skOf(number), data, [ttlAttribute]: expires } }),
    )
  },
})

export const createDynamoDbAnswerSource = ({ client, table }: Omit<DynamoDbAnswersOptions, 'clock'>): AnswerSource => ({
  read: async ({ id, key }, first) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk and sk >= :first',
        ExpressionAttributeValues: { ':pk': pkOf(id), ':first': skOf(first) },
        ConsistentRead: true,
        Limit: 20,
      }),
    )
    const parts: AnswerPart[] = []
    for (const { sk, data } of Items) {
      const number = first + parts.length
      if (sk?.S !== skOf(number).S || !data?.B) break
      parts.push(await openPart(data.B, { id, key, number }))
    }
    return parts
  },
})
