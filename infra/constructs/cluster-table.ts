import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, type ITable, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { answerKeyPrefix, questionKeyPrefix } from '../../shared/answers/dynamodb-answers.ts'
import { heartbeatPartition } from '../../shared/storage/dynamodb/heartbeats.ts'
import { logRecordFilter } from '../../shared/storage/dynamodb/stream.ts'
import { tableDefinition, ttlAttribute } from '../../shared/storage/dynamodb/table.ts'
import { acknowledgeWildcard } from './wildcard-grant.ts'

export interface ClusterTableProps {
  /** whether the table outlives the stack; @default true */
  readonly retain?: boolean
}

/** The store's one table, in the shape that `shared/storage/dynamodb` reads. */
export class ClusterTable extends Construct {
  readonly table: Table
  get tableName(): string {
    return this.table.tableName
  }

  constructor(scope: Construct, id: string, { retain = true }: ClusterTableProps = {}) {
    super(scope, id)
    const [partition, sort] = tableDefinition.KeySchema
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partition.AttributeName, type: AttributeType.STRING },
      sortKey: { name: sort.AttributeName, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: ttlAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    })
  }

  /** What the store's driver does with it. */
  grantStore(grantee: IGrantable): Grant {
    return this.table.grant(
      grantee,
      'dynamodb:DescribeTable',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:ConditionCheckItem',
    )
  }

  /** To note heartbeats. */
  grantHeartbeats(grantee: IGrantable): Grant {
    return this.#grantUnder(heartbeatPartition, { grantee, actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] })
  }

  /** To answer what agents are asked, and to read what questions bring along. */
  grantAnswers(grantee: IGrantable): Grant {
    this.#grantUnder(`${questionKeyPrefix}*`, { grantee, actions: ['dynamodb:GetItem'] })
    return this.#grantUnder(`${answerKeyPrefix}*`, { grantee, actions: ['dynamodb:PutItem'] })
  }

  /** Only under keys that hold nothing else. */
  #grantUnder(partition: string, { grantee, actions }: { grantee: IGrantable; actions: string[] }): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partition] } },
    })
  }

  /** Calls a function for its changes; log items that expire, and revisions that became void, wake nobody. */
  feed(consumer: IFunction, { failures }: { failures: IQueue }): void {
    const { dynamodb, eventName } = logRecordFilter
    const notVoid = { type: { S: [{ 'anything-but': ['void'] }] } }
    const changes = new DynamoEventSource(this.table as ITable, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 500,
      filters: [FilterCriteria.filter({ eventName, dynamodb: { ...dynamodb, NewImage: notVoid } })],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      // Resync catches what is given up.
      retryAttempts: 20,
      onFailure: new SqsDlq(failures),
    })
    consumer.addEventSource(changes)
    acknowledgeWildcard(consumer, '*', 'dynamodb:ListStreams knows no resource')
  }
}
