import type { RuntimePod } from '../runtime/runtime.ts'
import type { Room } from './room-holder.ts'

/** Why a pod has to end for want of room; undefined: it need not. A pod that has never run waits for its room. Pure. */
export const roomLoss = (room: Room | undefined, runtime: RuntimePod | undefined): string | undefined => {
  if (room?.state === 'held') return undefined
  const given = 'the room held for the pod on its node was given up'
  if (room) return `${given}: ${room.reason ?? 'no reason was told'}`
  const ran = runtime !== undefined && runtime.sandboxes.length + runtime.containers.length > 0
  return ran ? `${given}: nothing is left of it` : undefined
}
