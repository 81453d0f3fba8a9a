import { hostAnnotation } from '../../shared/placement/annotation.ts'
import type { NodeIdentity } from '../node/ensure-node.ts'
import { nodeLabels } from '../node/node-agent.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import { containerInstanceArn } from './container-instance.ts'
import type { InstanceEnvironment } from './environment.ts'
import { createInstanceMetadata, type InstanceFacts, type InstanceMetadata } from './metadata.ts'
import { untilDone } from './until-done.ts'

export interface Instance {
  readonly metadata: InstanceMetadata
  readonly facts: InstanceFacts
  /** its ARN in ECS */
  readonly containerInstance: string
  /** as a node */
  readonly identity: NodeIdentity
}

/** Asks the instance and its ECS agent who they are, until both answer. */
export const learnInstance = async (
  { metadataEndpoint, ecsAgentEndpoint }: Pick<InstanceEnvironment, 'metadataEndpoint' | 'ecsAgentEndpoint'>,
  parts: AgentParts,
): Promise<Instance> => {
  const metadata = createInstanceMetadata({ endpoint: metadataEndpoint })
  const facts = await untilDone('the instance metadata', () => metadata.facts(), parts)
  const arn = () => containerInstanceArn({ endpoint: ecsAgentEndpoint })
  const containerInstance = await untilDone('the ECS agent', arn, parts)
  return { metadata, facts, containerInstance, identity: identityOf(facts, containerInstance) }
}

const identityOf = ({ instanceId, instanceType, region, zone }: InstanceFacts, containerInstance: string): NodeIdentity => {
  const identity = {
    // The name of the role's session, which STS vouches for: nobody but this instance can be this node.
    name: instanceId,
    labels: {
      'node.kubernetes.io/instance-type': instanceType,
      'topology.kubernetes.io/region': region,
      'topology.kubernetes.io/zone': zone,
    },
    annotations: { [hostAnnotation]: containerInstance },
    providerID: `aws:///${zone}/${instanceId}`,
  }
  return { ...identity, labels: nodeLabels(identity) }
}
