import { Duration } from 'aws-cdk-lib'
import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { listPrices } from '../cost.ts'
import type { ClusterFunction } from './cluster-function.ts'

export interface CostExpressionProps {
  readonly api: RestApi
  readonly functions: readonly ClusterFunction[]
  readonly table: Table
  readonly queues: readonly Queue[]
}

const period = Duration.hours(1)
const hoursPerMonth = 730

/** What a month of hours like the last one costs at list prices, without instances, storage and logs. */
export const costExpression = ({ api, functions, table, queues }: CostExpressionProps): MathExpression => {
  const priced: { metric: IMetric; price: number }[] = [
    { metric: api.metricCount({ period }), price: listPrices.apiRequest },
    ...functions.flatMap((each) => [
      { metric: each.metricInvocations({ period }), price: listPrices.functionRequest },
      {
        metric: each.metricDuration({ period, statistic: 'Sum' }),
        price: (each.memoryMiB / 1024 / 1000) * listPrices.functionGbSecond,
      },
    ]),
    { metric: table.metricConsumedWriteCapacityUnits({ period }), price: listPrices.writeUnit },
    { metric: table.metricConsumedReadCapacityUnits({ period }), price: listPrices.readUnit },
    ...queues.flatMap((queue) => {
      const price = queue.fifo ? listPrices.fifoQueueRequest : listPrices.standardQueueRequest
      const requests = [
        queue.metricNumberOfMessagesSent({ period }),
        queue.metricNumberOfMessagesDeleted({ period }),
        queue.metricNumberOfEmptyReceives({ period }),
      ]
      return requests.map((metric) => ({ metric, price }))
    }),
  ]
  const terms = priced.map(({ price }, i) => `FILL(m${i}, 0) * ${price.toFixed(12)}`)
  return new MathExpression({
    expression: `${listPrices.secretMonth} + ${hoursPerMonth} * (${terms.join(' + ')})`,
    usingMetrics: Object.fromEntries(priced.map(({ metric }, i) => [`m${i}`, metric])),
    label: 'estimated $/month',
    period,
  })
}
