import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { openDynamoDbHeartbeats } from '../../shared/storage/dynamodb/heartbeats.ts'
import type { Environment } from '../environment.ts'

export const openHeartbeats = ({ table }: Pick<Environment, 'table'>) =>
  openDynamoDbHeartbeats({ client: new DynamoDBClient(), table })
