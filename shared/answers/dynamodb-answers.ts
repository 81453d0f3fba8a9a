import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../platform/clock.ts'
import type { Question } from '../queue/mailboxes.ts'
import type { AnswerPart, AnswerSink, AnswerSource } from './answers.ts'
import { openPart, sealPart } from './sealed-part.ts'

export interface DynamoDbAnswersOptions {
  readonly client: Pick<DynamoDBClient, 'send'>
  /** the store's: answers stand under keys of their own, which no event source listens to */
  readonly table: string
  readonly clock: Clock
  /** default: of answers */
  readonly prefix?: typeof answerKeyPrefix | typeof questionKeyPrefix | undefined
}

/** Instances may write below it, and nowhere else. */
export const answerKeyPrefix = 'answer#'
/** Below it stands what a question brings along that is too large for a letter. Instances may read there, and nowhere else. */
export const questionKeyPrefix = 'question#'
const keptSeconds = 600
/** the table's time to live */
const ttlAttribute = 'expires'

/** as many parts as are asked for at once when there is one */
const readAhead = 8

/** A partition for each part: one takes a thousand units a second, and a part is up to 256 of them. */
const keyOf = (prefix: string, id: string, number: number) => ({ pk: { S: `${prefix}${id}#${number}` }, sk: { S: 'part' } })

export const createDynamoDbAnswerSink = ({
  client,
  table,
  clock,
  prefix = answerKeyPrefix,
}: DynamoDbAnswersOptions): AnswerSink => ({
  put: async ({ id, key }, number, part) => {
    const data = { B: await sealPart(part, { id, key, number }) }
    const expires = { N: String(Math.ceil(clock.now() / 1000) + keptSeconds) }
    await client.send(
      new PutItemCommand({ TableName: table, Item: { ...keyOf(prefix, id, number), data, [ttlAttribute]: expires } }),
    )
  },
})

export const createDynamoDbAnswerSource = ({
  client,
  table,
  prefix = answerKeyPrefix,
}: Omit<DynamoDbAnswersOptions, 'clock'>): AnswerSource => {
  const readPart = async ({ id, key }: Question, number: number): Promise<AnswerPart | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(prefix, id, number), ConsistentRead: true })
    const { Item } = await client.send(command)
    return Item?.data?.B && openPart(Item.data.B, { id, key, number })
  }
  return {
    read: async (question, first) => {
      const parts: AnswerPart[] = []
      for (let count = 1; ; count = readAhead) {
        const numbers = Array.from({ length: count }, (_, i) => first + parts.length + i)
        const found = await Promise.all(numbers.map((number) => readPart(question, number)))
        for (const part of found) {
          if (!part) return parts
          parts.push(part)
          if (part.last) return parts
        }
        if (parts.length > readAhead) return parts
      }
    },
  }
}
