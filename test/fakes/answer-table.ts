import { type GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createDynamoDbAnswerSink, createDynamoDbAnswerSource, questionKeyPrefix } from '../../shared/answers/dynamodb-answers.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { createDirectReach } from '../../shared/reach/direct.ts'

/** A table in memory, as far as answers and what questions bring along go. */
export const createAnswerTable = () => {
  const items = new Map<string, Record<string, { S?: string; B?: Uint8Array; N?: string }>>()
  let reads = 0
  const client = {
    send: async (command: PutItemCommand | GetItemCommand) => {
      if (command instanceof PutItemCommand) {
        const { Item = {} } = command.input
        items.set(`${Item.pk?.S} ${Item.sk?.S}`, Item as never)
        return {}
      }
      reads++
      const { pk, sk } = command.input.Key ?? {}
      return { Item: items.get(`${pk?.S} ${sk?.S}`) }
    },
  } as never
  const parts = { client, table: 'test', clock: systemClock }
  return {
    items,
    reads: () => reads,
    sink: createDynamoDbAnswerSink(parts),
    source: createDynamoDbAnswerSource(parts),
    bodies: createDynamoDbAnswerSink({ ...parts, prefix: questionKeyPrefix }),
    caller: {
      reach: createDirectReach(),
      bodies: createDynamoDbAnswerSource({ ...parts, prefix: questionKeyPrefix }),
    },
  }
}
