import type { Deployment, ReplicaSet } from '../../resources/resource.ts'
import { deployments } from '../../resources/resource.ts'
import { controllerReference } from '../owner.ts'
import { templateHash } from '../template-hash/template-hash.ts'
import { isRollingUpdate, maxSurge, replicasOf } from './fenceposts.ts'
import { oldestFirst, sum } from './order.ts'
import { newReplicaSetAnnotations, replicasAnnotations } from './revision.ts'
import { canonicalTemplate, templateHashLabel } from './same-template.ts'

/** The ReplicaSet of the Deployment's current template (the oldest, should there be several), and all the others. */
export const splitReplicaSets = (deployment: Deployment, replicaSets: readonly ReplicaSet[]) => {
  const sorted = [...replicaSets].sort(oldestFirst)
  const template = canonicalTemplate(deployment.spec.template)
  const current = sorted.find(({ spec }) => canonicalTemplate(spec.template) === template)
  return { current, old: sorted.filter((replicaSet) => replicaSet !== current) }
}

export const buildReplicaSet = (deployment: Deployment, old: readonly ReplicaSet[], revision: bigint): ReplicaSet => {
  const { spec, metadata, status } = deployment
  const hash = templateHash(spec.template, status?.collisionCount)
  const labels = { ...spec.template.metadata?.labels, [templateHashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name.slice(0, 253 - 1 - hash.length)}-${hash}`,
      namespace: metadata.namespace,
      labels,
      annotations: { ...newReplicaSetAnnotations(deployment, {}, revision), ...replicasAnnotations(deployment) },
      ownerReferences: [controllerReference(deployments, deployment)],
    },
    spec: {
      replicas: newReplicas(deployment, old, 0),
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [templateHashLabel]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  }
}

/** How many replicas the new ReplicaSet, which has `current`, may have now. */
export const newReplicas = (deployment: Deployment, old: readonly ReplicaSet[], current: number): number => {
  const desired = replicasOf(deployment)
  if (!isRollingUpdate(deployment)) return desired
  const room = desired + maxSurge(deployment) - sum(old, replicasOf) - current
  return room <= 0 ? current : current + Math.min(room, desired - current)
}
