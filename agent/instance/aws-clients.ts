import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ECSClient } from '@aws-sdk/client-ecs'
import { SQSClient } from '@aws-sdk/client-sqs'
import { answeredWithin } from '../../shared/platform/aws-client.ts'

/** `pollMs`: how much longer than others a request may take that waits for letters */
export const openAwsClients = (region: string, { timeoutMs = 10_000, pollMs = 20_000 } = {}) => ({
  // The endpoint of the region, or a stand-in's, whatever host a queue's URL names.
  sqs: new SQSClient({ region, useQueueUrlAsEndpoint: false, ...answeredWithin(timeoutMs + pollMs) }),
  ecs: new ECSClient({ region, ...answeredWithin(timeoutMs) }),
  dynamodb: new DynamoDBClient({ region, ...answeredWithin(timeoutMs) }),
})
