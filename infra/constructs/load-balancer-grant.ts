import { Stack } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { clusterTag } from '../../shared/load-balancer/elb/names.ts'
import { acknowledgeWildcard, findingOf } from './wildcard-grant.ts'

export interface LoadBalancerGrantProps {
  readonly grantee: IGrantable
  readonly clusterName: string
}

interface Statement {
  readonly actions: string[]
  readonly conditions?: Record<string, Record<string, unknown>>
}

const prefixed = (prefix: string, ...names: string[]) => names.map((name) => `${prefix}:${name}`)
const elb = 'elasticloadbalancing'
const serviceLinkedRole = 'elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing'

/** To make, change and remove the load balancers of this cluster, told from others by its tag. */
export class LoadBalancerGrant extends Construct {
  readonly #grantee: IGrantable

  constructor(scope: Construct, id: string, { grantee, clusterName }: LoadBalancerGrantProps) {
    super(scope, id)
    this.#grantee = grantee
    const made = { [`aws:RequestTag/${clusterTag}`]: clusterName }
    const ours = { StringEquals: { [`aws:ResourceTag/${clusterTag}`]: clusterName } }
    const balancers = ['loadbalancer/net', 'targetgroup', 'listener/net'].map((name) => this.#arn(elb, name))
    const groups = [this.#arn('ec2', 'security-group')]
    this.#grant(['*'], {
      actions: [
        ...prefixed(elb, 'DescribeLoadBalancers', 'DescribeListeners', 'DescribeTargetGroups', 'DescribeTargetHealth'),
        ...prefixed('ec2', 'DescribeSecurityGroups'),
        ...prefixed('autoscaling', 'DescribeAutoScalingGroups'),
      ],
    })
    const makes = ['CreateLoadBalancer', 'CreateTargetGroup', 'CreateListener']
    this.#grant(balancers.slice(0, 2), {
      actions: prefixed(elb, 'CreateLoadBalancer', 'CreateTargetGroup'),
      conditions: { StringEquals: made },
    })
    this.#grant(balancers, {
      actions: prefixed(elb, 'AddTags'),
      conditions: { StringEquals: { ...made, [`${elb}:CreateAction`]: makes } },
    })
    const changes = ['CreateListener', 'ModifyListener', 'DeleteListener', 'SetSecurityGroups', 'DeleteLoadBalancer']
    const targetChanges = ['ModifyTargetGroup', 'RegisterTargets', 'DeregisterTargets', 'DeleteTargetGroup']
    this.#grant(balancers, { actions: prefixed(elb, ...changes, ...targetChanges), conditions: ours })
    this.#grant(groups, { actions: ['ec2:CreateSecurityGroup'], conditions: { StringEquals: made } })
    // It is made in a network, which carries no tag of the request.
    this.#grant([this.#arn('ec2', 'vpc')], { actions: ['ec2:CreateSecurityGroup'] })
    this.#grant(groups, {
      actions: ['ec2:CreateTags'],
      conditions: { StringEquals: { ...made, 'ec2:CreateAction': 'CreateSecurityGroup' } },
    })
    this.#grant(groups, {
      actions: prefixed('ec2', 'AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress', 'DeleteSecurityGroup'),
      conditions: ours,
    })
    // The first load balancer of an account makes it.
    const role = { service: 'iam', region: '', resource: 'role', resourceName: `aws-service-role/${serviceLinkedRole}` }
    Grant.addToPrincipal({
      grantee,
      actions: ['iam:CreateServiceLinkedRole'],
      resourceArns: [Stack.of(this).formatArn(role)],
    })
  }

  #grant(resourceArns: string[], statement: Statement): void {
    const reason = "made and removed with Services: the condition on the cluster's tag tells them apart"
    for (const arn of resourceArns)
      acknowledgeWildcard(
        this.#grantee,
        findingOf(Stack.of(this), arn),
        arn === '*' ? 'the actions know no resource, and change nothing' : reason,
      )
    Grant.addToPrincipal({ grantee: this.#grantee, resourceArns, ...statement })
  }

  #arn(service: string, resource: string): string {
    return Stack.of(this).formatArn({ service, resource: `${resource}/*` })
  }
}
