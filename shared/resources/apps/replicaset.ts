import { labelSelectorText } from '../../meta/label-selector.ts'
import { age, containerColumns, integer, wide } from '../column.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { templateWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { ReplicaSet } from '../resource.ts'
import { immutable, isEquivalent } from '../validation/equality.ts'
import { nonNegative } from '../validation/value.ts'
import { validateReplicaCounts, validateSelectorAndTemplate } from './workload-validation.ts'

export const replicaSet = define<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ReplicaSet',
  hasGeneration: true,
  subresources: {
    status: true,
    scale: {
      replicas: ({ spec }: ReplicaSet) => spec.replicas ?? 1,
      setReplicas: ({ spec }: ReplicaSet, replicas) => {
        spec.replicas = replicas
      },
      statusReplicas: ({ status }: ReplicaSet) => status?.replicas ?? 0,
      selector: ({ spec }: ReplicaSet) => labelSelectorText(spec.selector),
    },
  },
  default: (object) => {
    object.spec.replicas ??= 1
    object.spec.template ??= {}
    defaultPodTemplate(object.spec.template)
  },
  prepareForCreate: (object) => {
    object.status = { replicas: 0 }
  },
  validate: ({ spec }) => [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelectorAndTemplate('spec', { selector: spec.selector, template: spec.template }),
  ],
  validateUpdate: ({ spec }, old) => immutable('spec.selector', spec.selector, old.spec.selector),
  validateStatusUpdate: ({ status = { replicas: 0 } }) =>
    validateReplicaCounts(
      status,
      ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'],
      ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ),
  warnings: ({ metadata, spec }, old) =>
    old && isEquivalent(spec, old.spec) ? [] : templateWarnings(metadata.name, spec.template ?? {}, old === undefined),
  columns: [
    integer(
      'Desired',
      'Replicas is the number of desired pods. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ spec }) => spec.replicas ?? 1,
    ),
    integer(
      'Current',
      'Replicas is the most recently observed number of non-terminating pods. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicaset',
      ({ status }) => status?.replicas ?? 0,
    ),
    integer(
      'Ready',
      'The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.',
      ({ status }) => status?.readyReplicas ?? 0,
    ),
    age,
    ...containerColumns<ReplicaSet>(({ spec }) => spec.template?.spec?.containers),
    wide(
      'Selector',
      'Selector is a label query over pods that should match the replica count. If the selector is empty, it is defaulted to the labels present on the pod template. Label keys and values that must match in order to be controlled by this replica set. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => labelSelectorText(spec.selector) || '<none>',
    ),
  ],
})
