import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { V2HPAScalingRules } from '../generated/types.ts'
import type { HorizontalPodAutoscaler } from '../resource.ts'
import { validateAutoscaler, validateAutoscalerStatus, validateNewAutoscaler } from './horizontalpodautoscaler-validation.ts'
import { metricsText } from './metrics-text.ts'
import { withoutRoundTrip } from './round-trip.ts'
import { autoscalingV1 } from './v1.ts'

const periodSeconds = 15
const percentUtilization = 80

const withDefaults = (rules: V2HPAScalingRules | undefined, defaults: V2HPAScalingRules): V2HPAScalingRules => ({
  ...rules,
  selectPolicy: rules?.selectPolicy ?? 'Max',
  stabilizationWindowSeconds: rules?.stabilizationWindowSeconds ?? defaults.stabilizationWindowSeconds,
  policies: rules?.policies ?? defaults.policies,
})

const defaultAutoscaler = (object: HorizontalPodAutoscaler) => {
  const { spec, metadata } = object
  // what they would say has fields here
  metadata.annotations = withoutRoundTrip(metadata.annotations)
  spec.minReplicas ??= 1
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: percentUtilization }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  if (!spec.behavior) return
  const { scaleUp, scaleDown } = spec.behavior
  spec.behavior.scaleUp = withDefaults(scaleUp, {
    stabilizationWindowSeconds: 0,
    policies: [
      { type: 'Pods', value: 4, periodSeconds },
      { type: 'Percent', value: 100, periodSeconds },
    ],
  })
  spec.behavior.scaleDown = withDefaults(scaleDown, { policies: [{ type: 'Percent', value: 100, periodSeconds }] })
  // how long it waits is the controller's own default
  if (spec.behavior.scaleDown.stabilizationWindowSeconds === undefined) {
    delete spec.behavior.scaleDown.stabilizationWindowSeconds
  }
}

export const horizontalPodAutoscaler = define<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  servedAs: [autoscalingV1],
  subresources: { status: true },
  default: defaultAutoscaler,
  prepareForCreate: (object) => {
    delete object.status
  },
  validateCreate: validateNewAutoscaler,
  validateUpdate: validateAutoscaler,
  validateStatusUpdate: validateAutoscalerStatus,
  columns: [
    text(
      'Reference',
      'scaleTargetRef points to the target resource to scale, and is used to the pods for which metrics should be collected, as well as to actually change the replica count.',
      ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
    ),
    text(
      'Targets',
      'metrics contains the specifications for which to use to calculate the desired replica count (the maximum replica count across all metrics will be used).  The desired replica count is calculated multiplying the ratio between the target value and the current value by the current number of pods.  Ergo, metrics used must decrease as the pod count is increased, and vice-versa.  See the individual metric source types for more information about how each type of metric must respond.',
      ({ spec, status }) => metricsText(spec.metrics ?? [], status?.currentMetrics ?? []),
    ),
    text(
      'MinPods',
      'minReplicas is the lower limit for the number of replicas to which the autoscaler can scale down.  It defaults to 1 pod.  minReplicas is allowed to be 0 if the alpha feature gate HPAScaleToZero is enabled and at least one Object or External metric is configured.  Scaling is active as long as at least one metric value is available.',
      ({ spec }) => String(spec.minReplicas ?? '<unset>'),
    ),
    text(
      'MaxPods',
      'maxReplicas is the upper limit for the number of replicas to which the autoscaler can scale up. It cannot be less that minReplicas.',
      ({ spec }) => spec.maxReplicas,
    ),
    text(
      'Replicas',
      'currentReplicas is current number of replicas of pods managed by this autoscaler, as last seen by the autoscaler.',
      ({ status }) => status?.currentReplicas ?? 0,
    ),
    age,
  ],
})
