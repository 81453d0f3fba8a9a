import type { Client } from '../../shared/client/client.ts'
import { timestamp } from '../../shared/platform/clock.ts'
import { nodes } from '../../shared/resources/resource.ts'
import { nodeConditions } from '../node/conditions.ts'
import { ensureNode, type NodeIdentity } from '../node/ensure-node.ts'
import type { AgentParts } from '../node/start-with-server.ts'
import { untilDone } from './until-done.ts'

/** Makes the node's object, not ready yet, and waits for the range of addresses that the control plane gives it. */
export const claimNode = async (
  client: Client,
  identity: NodeIdentity,
  parts: AgentParts,
): Promise<{ readonly podCIDR: string }> => {
  const health = { notReady: 'the node has no podCIDR yet', memoryPressure: false, diskPressure: false }
  const status = async () => ({ conditions: nodeConditions(health, [], timestamp(parts.clock.now())) })
  await untilDone('the node object', () => ensureNode({ client, identity, status }), parts)
  const podCIDR = await untilDone(
    'a podCIDR',
    async () => (await client.get(nodes, '', identity.name)).spec.podCIDR || undefined,
    parts,
  )
  return { podCIDR }
}
