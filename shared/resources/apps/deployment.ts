import { labelSelectorText } from '../../meta/label-selector.ts'
import { age, containerColumns, text, wide } from '../column.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { templateWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { Deployment } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { annotatedNumber } from './annotated-number.ts'
import { rollbackTo, validateDeployment, validateDeploymentStatus, validateDeploymentUpdate } from './deployment-validation.ts'

const readRollback = (object: Deployment) => {
  const { annotations } = object.metadata
  const text = annotations?.[rollbackTo]
  if (text === '') delete annotations![rollbackTo]
  else
    annotatedNumber(object, rollbackTo, {
      kind: 'Deployment',
      before: `failed to parse annotation[${rollbackTo}]=${text} as int64: `,
    })
}

const defaultDeployment = (object: Deployment) => {
  readRollback(object)
  const { spec } = object
  spec.replicas ??= 1
  spec.strategy ??= {}
  spec.strategy.type ||= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate') {
    const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy.rollingUpdate ?? {}
    spec.strategy.rollingUpdate = { maxSurge, maxUnavailable }
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  spec.template ??= {}
  defaultPodTemplate(spec.template)
}

export const deployment = define<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.Deployment',
  hasGeneration: true,
  // the controller copies them to ReplicaSets
  generationMetadata: ['annotations'],
  resetFields: { status: ['spec', 'metadata.labels'] },
  subresources: {
    status: true,
    scale: {
      replicas: ({ spec }: Deployment) => spec.replicas ?? 1,
      setReplicas: ({ spec }: Deployment, replicas) => {
        spec.replicas = replicas
      },
      statusReplicas: ({ status }: Deployment) => status?.replicas ?? 0,
      selector: ({ spec }: Deployment) => labelSelectorText(spec.selector),
    },
  },
  default: defaultDeployment,
  prepareForCreate: (object) => {
    object.status = {}
  },
  prepareForStatusUpdate: ({ metadata }, old) => {
    metadata.labels = old.metadata.labels
  },
  validate: validateDeployment,
  validateUpdate: validateDeploymentUpdate,
  validateStatusUpdate: validateDeploymentStatus,
  warnings: ({ metadata, spec }, old) =>
    old && isEquivalent(spec, old.spec) ? [] : templateWarnings(metadata.name, spec.template, old === undefined),
  columns: [
    text(
      'Ready',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    text(
      'Up-to-date',
      'Total number of non-terminating pods targeted by this deployment that have the desired template spec.',
      ({ status }) => status?.updatedReplicas ?? 0,
    ),
    text(
      'Available',
      'Total number of available non-terminating pods (ready for at least minReadySeconds) targeted by this deployment.',
      ({ status }) => status?.availableReplicas ?? 0,
    ),
    age,
    ...containerColumns<Deployment>(({ spec }) => spec.template?.spec?.containers),
    wide(
      'Selector',
      'Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment.',
      ({ spec }) => labelSelectorText(spec.selector),
    ),
  ],
})
