import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Label } from '../../meta/names.ts'
import { validateClaimSpec } from '../core/claim/spec-validation.ts'
import {
  isEmptySelector,
  validateEndless,
  validatePodTemplate,
  validateSelected,
  validateTemplateMetadata,
} from '../core/pod/validation/template.ts'
import type {
  PersistentVolumeClaim,
  PodTemplateSpec,
  StatefulSetPersistentVolumeClaimRetentionPolicy,
  StatefulSetUpdateStrategy,
} from '../generated/types.ts'
import type { StatefulSet } from '../resource.ts'
import { isEquivalent } from '../validation/equality.ts'
import { labelSelector } from '../validation/label.ts'
import { checked, each, nonNegative, oneOf } from '../validation/value.ts'
import { validateReplicaCounts } from './workload-validation.ts'

const validateManagement = (path: string, policy: string | undefined): FieldError[] => {
  if (!policy) return [requiredValue(path)]
  return policy === 'OrderedReady' || policy === 'Parallel'
    ? []
    : [invalidValue(path, policy, "must be 'OrderedReady' or 'Parallel'")]
}

const validateStrategy = (path: string, { type, rollingUpdate }: StatefulSetUpdateStrategy): FieldError[] => {
  const rollingPath = `${path}.rollingUpdate`
  const shown = rollingUpdate && { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: null }
  if (!type) return [requiredValue(path)]
  if (type === 'RollingUpdate') return nonNegative(`${rollingPath}.partition`, rollingUpdate?.partition)
  if (type === 'OnDelete')
    return rollingUpdate ? [invalidValue(rollingPath, shown, "only allowed for updateStrategy 'RollingUpdate'")] : []
  return [invalidValue(path, { Type: type, RollingUpdate: shown ?? null }, "must be 'RollingUpdate' or 'OnDelete'")]
}

const validateRetention = (path: string, policy: StatefulSetPersistentVolumeClaimRetentionPolicy | undefined): FieldError[] =>
  policy
    ? (['whenDeleted', 'whenScaled'] as const).flatMap((name) => oneOf(`${path}.${name}`, policy[name], ['Retain', 'Delete']))
    : []

/** As its pods will be: the controller gives them their names and the volumes of their claims. */
const templateOfPods = (template: PodTemplateSpec, claims: readonly PersistentVolumeClaim[]): PodTemplateSpec => {
  if (!template.spec) return template
  const { hostname: _hostname, subdomain: _subdomain, ...spec } = template.spec
  if (claims.length === 0) return { ...template, spec }
  const names = claims.map(({ metadata }) => metadata?.name ?? '')
  const volumes = [
    ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(spec.volumes ?? []).filter(({ name }) => !names.includes(name)),
  ]
  return { ...template, spec: { ...spec, volumes } }
}

const validateSelectorAndTemplate = ({ spec }: StatefulSet): FieldError[] => {
  const { template, volumeClaimTemplates } = spec
  const selector = spec.selector ?? undefined
  const errors = labelSelector('spec.selector', selector)
  const pods = templateOfPods(template ?? {}, volumeClaimTemplates ?? [])
  return [
    ...(selector === undefined ? [requiredValue('spec.selector')] : errors),
    ...(isEmptySelector(selector) ? [invalidValue('spec.selector', selector, 'empty selector is invalid for statefulset')] : []),
    ...(errors.length > 0
      ? [invalidValue('spec.selector', selector, '')]
      : [
          ...(isEmptySelector(selector) ? [] : validateSelected('spec.template', pods, selector)),
          ...validatePodTemplate('spec.template', pods),
          // once more, as upstream does
          ...validateTemplateMetadata('spec.template', pods),
        ]),
    ...validateEndless('spec.template', template ?? {}, 'StatefulSet'),
  ]
}

/** What a new one and a changed one must be. */
export const validateStatefulSet = (set: StatefulSet): FieldError[] => {
  const { spec } = set
  return [
    ...validateManagement('spec.podManagementPolicy', spec.podManagementPolicy),
    ...validateStrategy('spec.updateStrategy', spec.updateStrategy ?? {}),
    ...validateRetention('spec.persistentVolumeClaimRetentionPolicy', spec.persistentVolumeClaimRetentionPolicy),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...validateSelectorAndTemplate(set),
  ]
}

/** What can't be changed is not looked at again. */
export const validateNewStatefulSet = ({ spec }: StatefulSet): FieldError[] => [
  ...each('spec.volumeClaimTemplates', spec.volumeClaimTemplates, (path, claim) =>
    validateClaimSpec(`${path}.spec`, claim.spec ?? {}),
  ),
  ...(spec.serviceName ? checked('spec.serviceName', spec.serviceName, (name) => dns1123Label(name)) : []),
]

const changeable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const

export const validateStatefulSetUpdate = ({ spec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] => {
  const kept = { ...spec, ...Object.fromEntries(changeable.map((name) => [name, old[name]])) }
  return isEquivalent(kept, old)
    ? []
    : [
        forbiddenField(
          'spec',
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      ]
}

export const validateStatefulSetStatus = ({ status }: StatefulSet, { status: old }: StatefulSet): FieldError[] => {
  const collisions = status?.collisionCount ?? 0
  const counts = validateReplicaCounts(
    status ?? {},
    [
      'replicas',
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    'status.readyReplicas',
  )
  return [
    ...counts,
    ...(old?.collisionCount !== undefined && collisions < old.collisionCount
      ? [invalidValue('status.collisionCount', collisions, 'cannot be decremented')]
      : []),
  ]
}
