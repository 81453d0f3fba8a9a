import type { KubeObject } from '../meta/object.ts'
import { isReason } from '../meta/status.ts'
import { type Pod, pods } from '../resources/resource.ts'
import type { ReconcileContext } from './controller.ts'
import { isNamespaceTerminating } from './namespace-terminating.ts'

/** Makes and deletes pods for their owner, and says so on it. */

export const createPod = async (owner: KubeObject, pod: Pod, { client, events }: ReconcileContext): Promise<void> => {
  try {
    const { metadata } = await client.create(pods, pod)
    await events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${metadata.name}`)
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    await events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${error instanceof Error ? error.message : error}`)
    throw error
  }
}

export const deletePod = async (owner: KubeObject, pod: Pod, { client, events }: ReconcileContext): Promise<void> => {
  const { namespace = '', name } = pod.metadata
  try {
    await client.delete(pods, namespace, name)
    await events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
  } catch (error) {
    if (isReason(error, 'NotFound')) return
    const text = error instanceof Error ? error.message : String(error)
    await events.record(owner, 'Warning', 'FailedDelete', `Error deleting: ${text}`)
    throw new Error(`unable to delete pods: ${text}`, { cause: error })
  }
}
