import type { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { findGroup } from '../../node-group/auto-scaling-group.ts'

/** on the nodes' Auto Scaling group: where load balancers stand */
export const networkTags = {
  vpc: 'windlass.dev/vpc',
  /** nodes let it in to their node ports */
  balancerGroup: 'windlass.dev/load-balancer-security-group',
} as const

export interface BalancerNetwork {
  readonly vpc: string
  readonly subnets: readonly string[]
  readonly balancerGroup: string
}

/** The network of the nodes, as their Auto Scaling group has it; it is asked once. */
export const createNetworkReader = ({
  client,
  clusterName,
}: {
  client: Pick<AutoScalingClient, 'send'>
  clusterName: string
}): (() => Promise<BalancerNetwork>) => {
  let known: BalancerNetwork | undefined
  return async () => {
    if (known) return known
    const group = await findGroup(client, clusterName)
    if (!group) throw new Error('there is no network of nodes yet: deploy the stack of nodes')
    const tag = (key: string): string => {
      const value = group.Tags?.find(({ Key }) => Key === key)?.Value
      if (!value)
        throw new Error(`the Auto Scaling group ${group.AutoScalingGroupName} has no tag ${key}: deploy the stack of nodes`)
      return value
    }
    known = {
      vpc: tag(networkTags.vpc),
      subnets: (group.VPCZoneIdentifier ?? '').split(','),
      balancerGroup: tag(networkTags.balancerGroup),
    }
    return known
  }
}
