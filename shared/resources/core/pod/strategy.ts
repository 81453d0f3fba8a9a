import type { PodAffinityTerm, PodStatus } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'
import { syncServiceAccount } from './defaults.ts'
import { appArmorToFields } from './profile-annotation.ts'
import { qosClass } from './resources.ts'

/** Returns texts of warnings. */
export const preparePodForCreate = (pod: Pod): string[] => {
  const { spec } = pod
  syncServiceAccount(spec)
  pod.status = { phase: 'Pending', qosClass: qosClass(spec) }
  if (spec.schedulingGates?.length)
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ]
  resolveLabelKeys(pod)
  return appArmorToFields(pod)
}

/** What a kubelet's write of the status may leave out without losing it. */
export const preparePodForStatusUpdate = (pod: Pod, old: Pod) => {
  pod.metadata.ownerReferences = old.metadata.ownerReferences
  pod.metadata.deletionTimestamp = old.metadata.deletionTimestamp
  pod.status ??= {}
  dropDisabled(pod.status)
  pod.status.qosClass ||= old.status?.qosClass
  pod.status.observedGeneration ||= old.status?.observedGeneration
  for (const condition of pod.status.conditions ?? [])
    condition.observedGeneration ||= old.status?.conditions?.find(({ type }) => type === condition.type)?.observedGeneration
}

/** Fields of upstream's features that are off in 1.35: InPlacePodLevelResourcesVerticalScaling, DRAExtendedResource, ResourceHealthStatus. */
const dropDisabled = (status: PodStatus) => {
  delete status.resources
  delete status.allocatedResources
  delete status.extendedResourceClaimStatus
  for (const containers of [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses])
    for (const container of containers ?? []) delete container.allocatedResourcesStatus
}

/** undefined: the pod's own terminationGracePeriodSeconds. Nobody has to end what runs nowhere. */
export const podDeletionGraceSeconds = ({ spec, status }: Pod, requested: number | undefined): number => {
  if (!spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0
  const seconds = requested ?? spec.terminationGracePeriodSeconds ?? 0
  return seconds < 0 ? 1 : seconds
}

/** matchLabelKeys stand for the pod's own label values in the selector beside them. */
const resolveLabelKeys = ({ spec, metadata: { labels = {} } }: Pod) => {
  const resolve = (
    { labelSelector }: Pick<PodAffinityTerm, 'labelSelector'>,
    keys: readonly string[] | undefined,
    operator: 'In' | 'NotIn',
  ) => {
    const found = (keys ?? []).filter((key) => Object.hasOwn(labels, key))
    if (!labelSelector || found.length === 0) return
    labelSelector.matchExpressions = [
      ...(labelSelector.matchExpressions ?? []),
      ...found.map((key) => ({ key, operator, values: [labels[key]!] })),
    ]
  }
  const terms = [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
  ])
  for (const term of terms) {
    resolve(term, term.matchLabelKeys, 'In')
    resolve(term, term.mismatchLabelKeys, 'NotIn')
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) resolve(constraint, constraint.matchLabelKeys, 'In')
}
