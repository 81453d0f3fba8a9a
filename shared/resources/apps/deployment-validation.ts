import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import type { DeploymentStrategy } from '../generated/types.ts'
import type { Deployment } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { nonNegative } from '../validation/value.ts'
import {
  atMostAll,
  numberOf,
  validateIntOrPercent,
  validateReplicaCounts,
  validateSelectorAndTemplate,
} from './workload-validation.ts'

/** Where a rollback of old was to go to; nothing goes there any more. */
export const rollbackTo = 'deprecated.deployment.rollback.to'

export const validateDeployment = ({ metadata, spec }: Deployment): FieldError[] => {
  const { progressDeadlineSeconds, minReadySeconds = 0 } = spec
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelectorAndTemplate('spec', spec),
    ...validateStrategy('spec.strategy', spec.strategy ?? {}),
    ...nonNegative('spec.minReadySeconds', minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.rollback.version', numberIn(metadata.annotations?.[rollbackTo])),
    ...nonNegative('spec.progressDeadlineSeconds', progressDeadlineSeconds),
    ...(progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds
      ? [invalidValue('spec.progressDeadlineSeconds', progressDeadlineSeconds, 'must be greater than minReadySeconds')]
      : []),
  ]
}

const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text))

const validateStrategy = (path: string, strategy: DeploymentStrategy): FieldError[] => {
  const { type, rollingUpdate } = strategy
  if (type === 'Recreate')
    return rollingUpdate
      ? [forbiddenField(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
      : []
  if (type !== 'RollingUpdate')
    return [notSupported(path, { Type: type, RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate'])]
  if (!rollingUpdate) return [requiredValue(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')]
  const { maxUnavailable, maxSurge } = rollingUpdate
  const unavailablePath = `${path}.rollingUpdate.maxUnavailable`
  return [
    ...validateIntOrPercent(unavailablePath, maxUnavailable),
    ...validateIntOrPercent(`${path}.rollingUpdate.maxSurge`, maxSurge),
    ...(numberOf(maxUnavailable) === 0 && numberOf(maxSurge) === 0
      ? [invalidValue(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...atMostAll(unavailablePath, maxUnavailable),
  ]
}

export const validateDeploymentUpdate = ({ spec }: Deployment, { spec: old }: Deployment): FieldError[] =>
  immutable('spec.selector', spec.selector, old.selector)

export const validateDeploymentStatus = ({ status = {} }: Deployment, { status: old }: Deployment): FieldError[] => {
  const collisions = status.collisionCount ?? 0
  return [
    ...validateReplicaCounts(
      status,
      [
        'observedGeneration',
        'replicas',
        'updatedReplicas',
        'readyReplicas',
        'availableReplicas',
        'unavailableReplicas',
        'terminatingReplicas',
        'collisionCount',
      ],
      ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    ),
    ...(old?.collisionCount !== undefined && collisions < old.collisionCount
      ? [invalidValue('status.collisionCount', collisions, 'cannot be decremented')]
      : []),
  ]
}
