import { DynamoDbLocal, hasJava } from '../../fakes/dynamodb-local.ts'
import { jsonCall } from './call.ts'

/** Why there can be no tables; undefined: there can. */
export const missingTables = (): string | undefined => (hasJava ? undefined : 'DynamoDB Local takes Java')

interface TableDescription {
  readonly TableName: string
  readonly TableArn: string
  readonly AttributeDefinitions: unknown
  readonly KeySchema: unknown
  readonly StreamSpecification?: { readonly StreamEnabled: boolean }
  readonly LatestStreamArn?: string
}
interface Described {
  readonly Table: TableDescription
}

export interface Tables {
  readonly url: string
  /** of the stream here, by that which was deployed */
  streamOf(arn: string): string
  stop(): Promise<void>
}

/**
 * The deployed tables in DynamoDB Local, empty: that is AWS's own, and its queries read only what they ask for. The emulator at `url`
 * compares every item of a table.
 */
export const startTables = async (url: string): Promise<Tables> => {
  const local = await DynamoDbLocal.start()
  const streams = new Map<string, string>()
  const on = <T>(endpoint: string, action: string, input: unknown) => jsonCall<T>(endpoint, `DynamoDB_20120810.${action}`, input)
  const copy = async (TableName: string) => {
    const { Table } = await on<Described>(url, 'DescribeTable', { TableName })
    const { AttributeDefinitions, KeySchema, StreamSpecification, LatestStreamArn } = Table
    const input = { TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST', StreamSpecification }
    const { TableDescription } = await on<{ TableDescription: TableDescription }>(local.endpoint, 'CreateTable', input)
    const { TimeToLiveDescription: ttl } = await on<TimeToLive>(url, 'DescribeTimeToLive', { TableName })
    if (ttl?.TimeToLiveStatus === 'ENABLED') {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: ttl.AttributeName }
      await on(local.endpoint, 'UpdateTimeToLive', { TableName, TimeToLiveSpecification })
    }
    if (LatestStreamArn && TableDescription.LatestStreamArn) streams.set(LatestStreamArn, TableDescription.LatestStreamArn)
  }
  try {
    const { TableNames } = await on<{ TableNames: string[] }>(url, 'ListTables', {})
    for (const name of TableNames) await copy(name)
  } catch (error) {
    await local.stop()
    throw error
  }
  return {
    url: local.endpoint,
    streamOf: (arn) => {
      const found = streams.get(arn)
      if (found === undefined) throw new Error(`no table has the stream ${arn}`)
      return found
    },
    stop: () => local.stop(),
  }
}

interface TimeToLive {
  readonly TimeToLiveDescription?: { readonly TimeToLiveStatus: string; readonly AttributeName?: string }
}
