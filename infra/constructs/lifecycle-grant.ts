import { Stack } from 'aws-cdk-lib'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { grantWildcard } from './wildcard-grant.ts'

/** To say that an empty machine may be taken by its Auto Scaling group. */
export const grantCompleteLifecycle = (scope: Construct, grantee: IGrantable): void => {
  grantWildcard(scope, {
    grantee,
    actions: ['autoscaling:CompleteLifecycleAction'],
    resourceArn: Stack.of(scope).formatArn({
      service: 'autoscaling',
      resource: 'autoScalingGroup:*:autoScalingGroupName/*',
    }),
    reason:
      'the group stands in a stack that needs this one; an action can only be completed by its token, which the event brings',
  })
}
