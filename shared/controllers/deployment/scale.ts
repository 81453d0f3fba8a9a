import { type Deployment, type ReplicaSet, replicaSets } from '../../resources/resource.ts'
import type { ReconcileContext } from '../controller.ts'
import { replicasOf } from './fenceposts.ts'
import { hasAnnotations, replicasAnnotations } from './revision.ts'
import type { Scaling } from './rolling.ts'

/** Carries scalings out and says so in Events. Returns the ReplicaSets by name as they are now. */
export const applyScalings = async (deployment: Deployment, scalings: readonly Scaling[], context: ReconcileContext) => {
  const written = new Map<string, ReplicaSet>()
  let scaled = false
  for (const { replicaSet, replicas } of scalings) {
    const before = replicasOf(replicaSet)
    const annotations = replicasAnnotations(deployment)
    if (before === replicas && hasAnnotations(replicaSet.metadata.annotations, annotations)) continue
    const metadata = { ...replicaSet.metadata, annotations: { ...replicaSet.metadata.annotations, ...annotations } }
    const changed = { ...replicaSet, metadata, spec: { ...replicaSet.spec, replicas } }
    written.set(metadata.name, await context.client.update(replicaSets, changed))
    if (before === replicas) continue
    scaled = true
    const message = `Scaled ${before < replicas ? 'up' : 'down'} replica set ${metadata.name} from ${before} to ${replicas}`
    await context.events.record(deployment, 'Normal', 'ScalingReplicaSet', message)
  }
  return { scaled, now: (replicaSet: ReplicaSet) => written.get(replicaSet.metadata.name) ?? replicaSet }
}
