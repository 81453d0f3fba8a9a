import type { Cache } from '../client/cache.ts'
import { isPodActive } from '../controllers/pod-state.ts'
import { podsByNode } from '../controllers/pods-by-node.ts'
import { nodes } from '../resources/resource.ts'
import { whenLoaded } from '../storage/when-loaded.ts'
import type { Triggers } from './triggers.ts'

export interface WakeOptions {
  readonly triggers: Triggers
  readonly cache: Cache
  /** how many machines there are to be */
  readonly machinesWanted: number
}

/** Triggers sleep while there is no node, none on its way, and no pod that waits for one. */
export const wakeTriggers = async ({ triggers, cache, machinesWanted }: WakeOptions): Promise<void> => {
  const needed = () => cache.list(nodes).length > 0 || cache.byIndex(podsByNode, '').some(isPodActive)
  await triggers.set(machinesWanted > 0 || (await whenLoaded(cache, needed)))
}
