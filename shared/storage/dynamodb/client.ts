import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { answeredWithin } from '../../platform/aws-client.ts'

/** DynamoDB answers in milliseconds, and the driver knows what to do when no answer comes. */
export const createDynamoDbClient = (options: DynamoDBClientConfig & { timeoutMs?: number } = {}): DynamoDBClient => {
  const { timeoutMs = 5000, ...config } = options
  return new DynamoDBClient({
    ...answeredWithin(timeoutMs),
    ...config,
  })
}
