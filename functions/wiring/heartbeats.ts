import { createDynamoDbClient } from '../../shared/storage/dynamodb/client.ts'
import { openDynamoDbHeartbeats } from '../../shared/storage/dynamodb/heartbeats.ts'
import type { Environment } from './variables.ts'

export const openHeartbeats = ({ table }: Pick<Environment, 'table'>) =>
  openDynamoDbHeartbeats({ client: createDynamoDbClient(), table })

/** When the clock last did what. */
export const openClockRecord = ({ table }: Pick<Environment, 'table'>) =>
  openDynamoDbHeartbeats({ client: createDynamoDbClient(), table, partition: 'clock' })
