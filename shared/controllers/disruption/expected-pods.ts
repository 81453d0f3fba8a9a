import type { OwnerReference } from '../../meta/object-meta.ts'
import type { Pod, PodDisruptionBudget } from '../../resources/resource.ts'
import { scaledValue } from '../deployment/fenceposts.ts'
import { controllerOf } from '../owner.ts'
import { type OwnerScale, ScaleUnknown } from './owner-scale.ts'

export interface Expected {
  readonly pods: number
  readonly healthy: number
  /** pods whose number nobody says */
  readonly unmanaged: readonly Pod[]
}

export type ScaleOf = (owner: OwnerReference) => OwnerScale | undefined | Promise<OwnerScale | undefined>

/** How many pods a budget is about, and how many of them have to be healthy. Throws ScaleUnknown where an owner does not tell. */
export const expectedPods = async ({ spec }: PodDisruptionBudget, pods: readonly Pod[], scaleOf: ScaleOf): Promise<Expected> => {
  const { minAvailable, maxUnavailable } = spec
  if (maxUnavailable !== undefined) {
    const { total, unmanaged } = await totalScale(pods, scaleOf)
    return { pods: total, healthy: Math.max(0, total - scaledValue(maxUnavailable, total, true)), unmanaged }
  }
  if (typeof minAvailable === 'string') {
    const { total, unmanaged } = await totalScale(pods, scaleOf)
    return { pods: total, healthy: scaledValue(minAvailable, total, true), unmanaged }
  }
  return { pods: minAvailable === undefined ? 0 : pods.length, healthy: minAvailable ?? 0, unmanaged: [] }
}

const totalScale = async (pods: readonly Pod[], scaleOf: ScaleOf) => {
  const scales = new Map<string, number>()
  const asked = new Set<string>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner || asked.has(owner.uid)) continue
    asked.add(owner.uid)
    const scale = await scaleOf(owner)
    if (!scale) throw new ScaleUnknown(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`)
    scales.set(scale.uid, scale.replicas)
  }
  return { total: [...scales.values()].reduce((a, b) => a + b, 0), unmanaged: pods.filter((pod) => !controllerOf(pod)) }
}
