import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

/** DynamoDB answers in milliseconds. The SDK would wait for ever; the driver knows what to do when no answer comes. */
export const createDynamoDbClient = (options: DynamoDBClientConfig & { timeoutMs?: number } = {}): DynamoDBClient => {
  const { timeoutMs = 5000, ...config } = options
  return new DynamoDBClient({
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
    ...config,
  })
}
