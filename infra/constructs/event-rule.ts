import { Duration } from 'aws-cdk-lib'
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'

export interface EventRuleProps {
  readonly description: string
  readonly pattern: EventPattern
  readonly handler: IFunction
}

/** Hands events of AWS to a function. A late one still counts for an hour: after that, resync has seen what it tells of. */
export class EventRule extends Construct {
  constructor(scope: Construct, id: string, { description, pattern, handler }: EventRuleProps) {
    super(scope, id)
    const rule = new Rule(this, 'Rule', { description: `Windlass: ${description}`, eventPattern: pattern })
    rule.addTarget(new LambdaFunction(handler, { maxEventAge: Duration.hours(1), retryAttempts: 8 }))
  }
}

export const ecsEvents = (clusterArn: string): EventPattern => ({
  source: ['aws.ecs'],
  detailType: ['ECS Task State Change', 'ECS Container Instance State Change'],
  detail: { clusterArn: [clusterArn] },
})

/** Two minutes before an instance is taken away; the event names no group, so those of others come too. */
export const spotEvents: EventPattern = { source: ['aws.ec2'], detailType: ['EC2 Spot Instance Interruption Warning'] }

export const terminationEvents = (autoScalingGroupName: string): EventPattern => ({
  source: ['aws.autoscaling'],
  detailType: ['EC2 Instance-terminate Lifecycle Action', 'EC2 Instance Terminate Successful'],
  detail: { AutoScalingGroupName: [autoScalingGroupName] },
})
