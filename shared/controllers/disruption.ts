import type { Client } from '../client/client.ts'
import { isReason } from '../meta/status.ts'
import { type Clock, timestamp } from '../platform/clock.ts'
import { type Pod, pods } from '../resources/resource.ts'

/** Notes on a pod why the cluster ends it, and deletes it. A pod that has gone needs nothing. */
export const disrupt = async (
  { client, clock }: { client: Client; clock: Clock },
  pod: Pod,
  disruption: { reason: string; message: string; phase?: 'Failed'; gracePeriodSeconds?: number },
): Promise<void> => {
  const { namespace = '', name, uid = '', generation } = pod.metadata
  const { reason, message, phase, gracePeriodSeconds } = disruption
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason,
    message,
    lastTransitionTime: timestamp(clock.now()),
    observedGeneration: generation,
  }
  const noted = pod.status?.conditions?.some((each) => each.type === condition.type && each.status === 'True')
  try {
    if (!noted) {
      const body = { metadata: { uid }, status: { conditions: [condition], ...(phase ? { phase } : {}) } }
      await client.patch(pods, namespace, name, { type: 'strategic', body }, { subresource: 'status' })
    }
    await client.delete(pods, namespace, name, { gracePeriodSeconds, preconditions: { uid } })
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error
  }
}
