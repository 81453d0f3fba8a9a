import { Duration } from 'aws-cdk-lib'
import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import { Dashboard, GraphWidget, type IMetric, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { ClusterFunction } from './cluster-function.ts'
import type { ClusterTable } from './cluster-table.ts'
import { costExpression } from './cost-expression.ts'
import { ownMetric } from './own-metric.ts'
import type { WorkQueues } from './work-queues.ts'

export interface ClusterDashboardProps {
  readonly api: RestApi
  readonly functions: readonly ClusterFunction[]
  readonly dispatch: ClusterFunction
  readonly queues: WorkQueues
  readonly table: ClusterTable
  readonly clusterName: string
}

const period = Duration.minutes(5)

/** One page of metrics that are free, with three of our own: ten of those are, and three dashboards. */
export class ClusterDashboard extends Construct {
  constructor(scope: Construct, id: string, { api, functions, dispatch, queues, table, clusterName }: ClusterDashboardProps) {
    super(scope, id)
    const working = [queues.reconcile, queues.schedule, queues.place, queues.timers, queues.heartbeats]
    const failed = [queues.deadLetters, queues.strayLetters]
    const cost = costExpression({ api, functions, table: table.table, queues: working })
    const maximum = { period, statistic: 'Maximum' }
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(6) })
    dashboard.addWidgets(
      new SingleValueWidget({ title: 'Estimated $/month, without instances', metrics: [cost], width: 6 }),
      graph('Requests', [api.metricCount({ period }), api.metricClientError({ period }), api.metricServerError({ period })]),
      graph('API latency, that of watches among it (ms)', [
        api.metricLatency({ period, statistic: 'p50' }),
        api.metricIntegrationLatency({ period, statistic: 'p50' }),
      ]),
    )
    dashboard.addWidgets(
      graph(
        'Oldest work (s)',
        working.map((queue) => queue.metricApproximateAgeOfOldestMessage({ ...maximum, label: queue.node.id })),
      ),
      graph('Changes not told of (ms behind)', [dispatch.metric('IteratorAge', maximum)]),
      graph(
        'Failed for good',
        failed.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ ...maximum, label: queue.node.id })),
      ),
    )
    dashboard.addWidgets(
      graph('Unschedulable pods', [ownMetric(clusterName, 'unschedulablePods', { statistic: 'Maximum' })]),
      graph('Nodes not ready', [ownMetric(clusterName, 'nodesNotReady', { statistic: 'Maximum' })]),
      graph('Age of watches that ended (s)', [
        ownMetric(clusterName, 'watchAge', { statistic: 'Maximum' }),
        ownMetric(clusterName, 'watchAge', { statistic: 'p50' }),
      ]),
    )
    dashboard.addWidgets(
      graph(
        'Errors',
        functions.map((each) => each.metricErrors({ period, label: each.node.id })),
      ),
      graph(
        'Throttles',
        functions.map((each) => each.metricThrottles({ period, label: each.node.id })),
      ),
      graph('Table (units)', [
        table.table.metricConsumedReadCapacityUnits({ period }),
        table.table.metricConsumedWriteCapacityUnits({ period }),
      ]),
    )
  }
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 })
