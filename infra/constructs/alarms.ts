import { Duration } from 'aws-cdk-lib'
import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { ownMetric } from './own-metric.ts'
import type { WorkQueues } from './work-queues.ts'

export interface AlarmsProps {
  readonly queues: WorkQueues
  readonly api: RestApi
  readonly dispatch: IFunction
  readonly clock: IFunction
  readonly clusterName: string
  /** who gets mail; @default '': nobody */
  readonly email?: string
}

interface AlarmOptions {
  readonly description: string
  readonly above: number
  /** five minutes each; @default 1 */
  readonly periods?: number
  /** nothing said is as bad; @default false: who does nothing says nothing */
  readonly silenceCounts?: boolean
}

/**
 * Ten alarms are free, each one more is $0.10 a month. None is on latency: that of a watch is how long it was open, and the gateway's metrics do not
 * tell watches apart.
 */
export class Alarms extends Construct {
  readonly #topic: Topic | undefined

  constructor(scope: Construct, id: string, { queues, api, dispatch, clock, clusterName, email = '' }: AlarmsProps) {
    super(scope, id)
    if (email) {
      this.#topic = new Topic(this, 'Topic', { displayName: 'Windlass', enforceSSL: true })
      this.#topic.addSubscription(new EmailSubscription(email))
    }
    const period = Duration.minutes(5)
    const visible = { period, statistic: 'Maximum' }
    this.#alarm('DeadLetters', queues.deadLetters.metricApproximateNumberOfMessagesVisible(visible), {
      description: 'work on a key failed for good: the message says which and why',
      above: 0,
    })
    this.#alarm('StrayLetters', queues.strayLetters.metricApproximateNumberOfMessagesVisible(visible), {
      description: 'a timer, heartbeat, cloud event or stream record failed for good',
      above: 0,
    })
    for (const name of ['reconcile', 'schedule', 'place'] as const) {
      const age = queues[name].metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' })
      this.#alarm(`${name}Age`, age, { description: `work waits in the ${name} queue`, above: 300, periods: 2 })
    }
    this.#alarm('DispatchAge', dispatch.metric('IteratorAge', { period, statistic: 'Maximum' }), {
      description: 'changes are not told of: milliseconds behind',
      above: 60_000,
      periods: 2,
    })
    this.#alarm('ApiErrors', api.metricServerError({ period, statistic: 'Sum' }), {
      description: 'the API answers with 5xx',
      above: 5,
      periods: 2,
    })
    this.#alarm('ClockErrors', clock.metricErrors({ period }), {
      description: 'the clock fails or does not run: nothing is resynchronized and nothing expires',
      above: 2,
      periods: 2,
      silenceCounts: true,
    })
    this.#alarm('UnschedulablePods', ownMetric(clusterName, 'unschedulablePods', { statistic: 'Minimum' }), {
      description: 'pods find no node: the group is at its maximum, or they fit on none',
      above: 0,
      periods: 3,
    })
    this.#alarm('NodesNotReady', ownMetric(clusterName, 'nodesNotReady', { statistic: 'Minimum' }), {
      // Said every minute: the timers keep the function busy though nobody rings the clock.
      description: 'a node is not ready, or the clock does not ring',
      above: 0,
      periods: 2,
      silenceCounts: true,
    })
  }

  #alarm(id: string, metric: IMetric, { description, above, periods = 1, silenceCounts = false }: AlarmOptions): void {
    const alarm = new Alarm(this, id, {
      metric,
      alarmDescription: `Windlass: ${description}`,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: silenceCounts ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
    if (this.#topic) alarm.addAlarmAction(new SnsAction(this.#topic))
  }
}
