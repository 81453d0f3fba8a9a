import { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

/** Wakes the clock every minute; it knows itself what is due. */
export class ClockRule extends Construct {
  constructor(scope: Construct, id: string, { clock }: { readonly clock: IFunction }) {
    super(scope, id)
    new Rule(this, 'Rule', {
      description: 'Windlass: wakes the clock',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(clock, { maxEventAge: Duration.hours(1), retryAttempts: 2 })],
    })
  }
}
