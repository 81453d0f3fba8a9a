import { type FieldError, requiredValue } from '../../meta/field-error.ts'
import { labelsText } from '../../meta/label-selector.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { validateReplicaCounts } from '../apps/workload-validation.ts'
import { age, containerColumns, integer, wide } from '../column.ts'
import { define } from '../definition.ts'
import type { ReplicationController } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { nonNegative } from '../validation/value.ts'
import { defaultPodTemplate } from './pod/defaults.ts'
import { validateEndless, validatePodTemplate, validateSelected } from './pod/validation/template.ts'
import { templateWarnings } from './pod/warnings.ts'

/** What says nothing of its pods takes the labels of the template. */
const defaultController = (object: ReplicationController) => {
  const { spec, metadata } = object
  const labels = spec.template?.metadata?.labels
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
  }
  spec.replicas ??= 1
  if (spec.template) defaultPodTemplate(spec.template)
}

const validate = ({ spec }: ReplicationController): FieldError[] => {
  const { template, selector = {} } = spec
  const isEmpty = Object.keys(selector).length === 0
  return [
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...(isEmpty ? [requiredValue('spec.selector')] : []),
    ...nonNegative('spec.replicas', spec.replicas),
    ...(template
      ? [
          ...(isEmpty ? [] : validateSelected('spec.template', template, { matchLabels: selector })),
          ...validatePodTemplate('spec.template', template),
          ...validateEndless('spec.template', template, 'ReplicationController'),
        ]
      : [requiredValue('spec.template')]),
  ]
}

const warnings = ({ metadata, spec }: ReplicationController, old: ReplicationController | undefined): string[] =>
  old && isEquivalent(spec, old.spec) ? [] : templateWarnings(metadata.name, spec.template ?? {}, old === undefined)

export const replicationController = define<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ReplicationController',
  validateName: (name, prefix) => (prefix ? [] : dns1123Subdomain(name)),
  hasGeneration: true,
  defaultPropagation: 'orphan',
  subresources: {
    status: true,
    scale: {
      replicas: ({ spec }: ReplicationController) => spec.replicas ?? 1,
      setReplicas: ({ spec }: ReplicationController, replicas) => {
        spec.replicas = replicas
      },
      statusReplicas: ({ status }: ReplicationController) => status?.replicas ?? 0,
      selector: ({ spec }: ReplicationController) => labelsText(spec.selector),
    },
  },
  default: defaultController,
  prepareForCreate: (object) => {
    delete object.status
  },
  validate,
  validateStatusUpdate: ({ status = { replicas: 0 } }) =>
    validateReplicaCounts(
      status,
      ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
      ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ),
  warnings,
  fieldSelectors: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  columns: [
    integer(
      'Desired',
      'Replicas is the number of desired replicas. This is a pointer to distinguish between explicit zero and unspecified. Defaults to 1. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ spec }) => spec.replicas ?? 1,
    ),
    integer(
      'Current',
      'Replicas is the most recently observed number of replicas. More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#what-is-a-replicationcontroller',
      ({ status }) => status?.replicas ?? 0,
    ),
    integer('Ready', 'The number of ready replicas for this replication controller.', ({ status }) => status?.readyReplicas ?? 0),
    age,
    ...containerColumns<ReplicationController>(({ spec }) => spec.template?.spec?.containers),
    wide(
      'Selector',
      'Selector is a label query over pods that should match the Replicas count. If Selector is empty, it is defaulted to the labels present on the Pod template. Label keys and values that must match in order to be controlled by this replication controller, if empty defaulted to labels on Pod template. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors',
      ({ spec }) => labelsText(spec.selector) || '<none>',
    ),
  ],
})
