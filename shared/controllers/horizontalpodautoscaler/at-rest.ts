import type { HorizontalPodAutoscaler } from '../../resources/resource.ts'

/** Metrics of pods' resources are known to have moved where nodes tell; of others nobody tells but who serves them. */
const measuredHere = new Set(['Resource', 'ContainerResource'])

/** Whether a look would find nothing to do as long as no pod of its namespace uses more or less than it does. */
export const isAtRest = ({ spec, status }: HorizontalPodAutoscaler): boolean => {
  const conditionOf = (type: string) => status?.conditions?.find((one) => one.type === type)
  const active = conditionOf('ScalingActive')
  return (
    (spec.metrics ?? []).every(({ type }) => measuredHere.has(type)) &&
    (active?.status === 'True' || active?.reason === 'ScalingDisabled') &&
    (active.reason === 'ScalingDisabled' || conditionOf('AbleToScale')?.reason === 'ReadyForNewScale') &&
    !conditionOf('ScalingLimited')?.reason?.endsWith('Limit') &&
    status?.currentReplicas === status?.desiredReplicas
  )
}
