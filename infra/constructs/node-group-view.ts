import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { grantWildcard } from './wildcard-grant.ts'

/** To find the Auto Scaling group by its tag, and to know what its instances offer. */
export const grantNodeGroupView = (scope: Construct, grantee: IGrantable): void => {
  grantWildcard(scope, {
    grantee,
    actions: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeScalingActivities', 'ec2:DescribeInstanceTypes'],
    resourceArn: '*',
    reason: 'the actions know no resource, and tell no secret',
  })
}
