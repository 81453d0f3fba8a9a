import { DynamoDbLocal, hasJava } from '../test/fakes/dynamodb-local.ts'
import { usageTable } from '../test/shared/storage/dynamodb/usage-table.ts'
import type { Scenario } from './scenario.ts'

export const dynamoDb: Scenario = {
  title:
    'What DynamoDB is asked for (DynamoDB Local counts a transaction once, AWS twice; an answer with nothing as none, AWS as one)',
  skipped: () => (hasJava ? undefined : 'DynamoDB Local needs Java'),
  async run(report) {
    const local = await DynamoDbLocal.start()
    try {
      for (const [what, { calls, readUnits, writeUnits }] of await usageTable(local)) {
        report({ what, value: calls, unit: 'requests' })
        report({ what: '  read', value: readUnits, unit: 'units' })
        report({ what: '  write', value: writeUnits, unit: 'units' })
      }
    } finally {
      await local.stop()
    }
  },
}
