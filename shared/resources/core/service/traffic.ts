import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { portNumber } from '../../../meta/names.ts'
import type { Service } from '../../resource.ts'
import { checked, optionalOneOf, requiredOneOf } from '../../validation/value.ts'
import { isExternallyAccessible, needsHealthCheck } from './kind.ts'

const policies = ['Cluster', 'Local']

export const validateTraffic = (service: Service): FieldError[] => {
  const { type, externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort, trafficDistribution } = service.spec
  const isInternal = type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP'
  return [
    ...(isExternallyAccessible(service)
      ? requiredOneOf('spec.externalTrafficPolicy', externalTrafficPolicy, policies)
      : externalTrafficPolicy
        ? [
            invalidValue(
              'spec.externalTrafficPolicy',
              externalTrafficPolicy,
              'may only be set for externally-accessible services',
            ),
          ]
        : []),
    ...validateHealthCheck('spec.healthCheckNodePort', healthCheckNodePort ?? 0, needsHealthCheck(service)),
    ...(internalTrafficPolicy === undefined && isInternal ? [requiredValue('spec.internalTrafficPolicy')] : []),
    ...optionalOneOf('spec.internalTrafficPolicy', internalTrafficPolicy, policies),
    ...optionalOneOf('spec.trafficDistribution', trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode']),
  ]
}

const validateHealthCheck = (path: string, port: number, isNeeded: boolean): FieldError[] => {
  // the server gives one when there is none
  if (isNeeded) return port === 0 ? [] : checked(path, port, portNumber)
  return port === 0
    ? []
    : [invalidValue(path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
}

export const validateTrafficUpdate = (service: Service, old: Service): FieldError[] =>
  needsHealthCheck(service) && needsHealthCheck(old) && service.spec.healthCheckNodePort !== old.spec.healthCheckNodePort
    ? [forbiddenField('spec.healthCheckNodePort', 'field is immutable')]
    : []
