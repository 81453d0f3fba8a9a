import { labelSelectorText } from '../../meta/label-selector.ts'
import { dns1123Label } from '../../meta/names.ts'
import { age, containerColumns, text } from '../column.ts'
import { defaultClaim } from '../core/claim/defaults.ts'
import { claimSpecWarnings } from '../core/claim/warnings.ts'
import { defaultPodTemplate } from '../core/pod/defaults.ts'
import { podTemplateWarnings } from '../core/pod/warnings.ts'
import { define } from '../definition.ts'
import type { StatefulSet } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import {
  validateNewStatefulSet,
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './statefulset-validation.ts'

const defaultStatefulSet = (object: StatefulSet) => {
  const { spec } = object
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.updateStrategy ??= {}
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate'
    spec.updateStrategy.rollingUpdate ??= {}
  }
  const { type, rollingUpdate } = spec.updateStrategy
  if (type === 'RollingUpdate' && rollingUpdate) {
    rollingUpdate.partition ??= 0
  }
  const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: whenDeleted || 'Retain', whenScaled: whenScaled || 'Retain' }
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  spec.template ??= {}
  defaultPodTemplate(spec.template)
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ||= 'v1'
    claim.kind ||= 'PersistentVolumeClaim'
    defaultClaim(claim)
  }
}

/** Behind a feature gate that is off. */
const dropDisabled = ({ spec }: StatefulSet) => {
  delete spec.updateStrategy?.rollingUpdate?.maxUnavailable
}

const warnings = ({ spec }: StatefulSet, old: StatefulSet | undefined): string[] => [
  ...(old && isEquivalent(spec, old.spec) ? [] : podTemplateWarnings('spec.template', spec.template ?? {})),
  ...(spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
    // upstream's path differs in an update
    claimSpecWarnings(`spec.volumeClaimTemplates[${index}]${old ? '.Spec' : ''}`, claim.spec ?? {}),
  ),
  ...((spec.revisionHistoryLimit ?? 0) < 0
    ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
    : []),
]

export const statefulSet = define<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.StatefulSet',
  hasGeneration: true,
  subresources: {
    status: true,
    scale: {
      replicas: ({ spec }: StatefulSet) => spec.replicas ?? 1,
      setReplicas: ({ spec }: StatefulSet, replicas) => {
        spec.replicas = replicas
      },
      statusReplicas: ({ status }: StatefulSet) => status?.replicas ?? 0,
      selector: ({ spec }: StatefulSet) => labelSelectorText(spec.selector),
    },
  },
  validateName: dns1123Label,
  default: defaultStatefulSet,
  prepareForCreate: (object) => {
    delete object.status
    dropDisabled(object)
  },
  prepareForUpdate: dropDisabled,
  validate: validateStatefulSet,
  validateCreate: validateNewStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  warnings,
  columns: [
    text(
      'Ready',
      'Number of the pod with ready state',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 1}`,
    ),
    age,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template?.spec?.containers),
  ],
})
