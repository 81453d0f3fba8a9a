import { duplicateValue, type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import type {
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  ExactDeviceRequest,
  ResourceClaimSpec,
} from '../generated/types.ts'
import { createSeen, requiredChecked } from '../validation/value.ts'
import { deviceConfiguration } from './device-configuration.ts'
import { fullyQualifiedName, labelName } from './device-name.ts'
import { deviceSelectors } from './device-selector.ts'
import { requestNamesOf, requestReferences } from './request-name.ts'
import { maxRequests, upTo } from './size-limit.ts'

const maxConstraints = 32
const maxConfigurations = 32
const maxSubrequests = 8

const requestsOf = ({ devices }: Partial<ResourceClaimSpec>) => devices?.requests ?? []

const wantedOf = ({ exactly, firstAvailable }: DeviceRequest): (ExactDeviceRequest | DeviceSubRequest)[] => [
  ...(exactly ? [exactly] : []),
  ...(firstAvailable ?? []),
]

export const defaultClaim = (spec: Partial<ResourceClaimSpec>): void => {
  for (const wanted of requestsOf(spec).flatMap(wantedOf)) {
    wanted.allocationMode ||= 'ExactCount'
    if (wanted.allocationMode === 'ExactCount') wanted.count ||= 1
  }
}

/** Fields of upstream's features that are off in 1.35: DRADeviceTaints, DRAConsumableCapacity. */
export const dropDisabledOfClaim = (spec: Partial<ResourceClaimSpec>): void => {
  for (const wanted of requestsOf(spec).flatMap(wantedOf)) {
    delete wanted.tolerations
    delete wanted.capacity
  }
  for (const constraint of spec.devices?.constraints ?? []) delete constraint.distinctAttribute
}

/** Findings about what a claim asks for. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const validateClaim = (path: string, { devices = {} }: Partial<ResourceClaimSpec>): FieldError[] => {
  const names = requestNamesOf(devices)
  return [
    ...uniquelyNamed(maxRequests, `${path}.devices.requests`, devices.requests, request),
    ...upTo(maxConstraints, `${path}.devices.constraints`, devices.constraints, (constraintPath, constraint) => [
      ...requestReferences(`${constraintPath}.requests`, constraint.requests, names),
      ...attribute(constraintPath, constraint),
    ]),
    ...upTo(maxConfigurations, `${path}.devices.config`, devices.config, (configPath, config) => [
      ...requestReferences(`${configPath}.requests`, config.requests, names),
      ...deviceConfiguration(configPath, config),
    ]),
  ]
}

const uniquelyNamed = <T extends { readonly name: string }>(
  max: number,
  path: string,
  values: readonly T[] | null | undefined,
  validate: (elementPath: string, value: T) => FieldError[],
): FieldError[] => {
  const seen = createSeen()
  const findings = upTo(max, path, values, validate)
  if ((values?.length ?? 0) > max) return findings
  return [...findings, ...upTo(max, path, values, (at, { name = '' }) => (seen(name) ? [duplicateValue(at, name)] : []))]
}

const request = (path: string, { name, exactly, firstAvailable }: DeviceRequest): FieldError[] => [
  ...labelName(`${path}.name`, name),
  ...ways(path, { exactly, firstAvailable }),
]

const ways = (path: string, { exactly, firstAvailable }: Pick<DeviceRequest, 'exactly' | 'firstAvailable'>): FieldError[] => {
  const one = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly && firstAvailable?.length) return [invalidValue(path, null, `${one}, but multiple fields are set`)]
  if (exactly) return wantedDevices(`${path}.exactly`, exactly)
  if (!firstAvailable?.length) return [requiredValue(path, one)]
  return uniquelyNamed(maxSubrequests, `${path}.firstAvailable`, firstAvailable, (subPath, subrequest) => [
    ...labelName(`${subPath}.name`, subrequest.name),
    ...wantedDevices(subPath, subrequest),
  ])
}

const wantedDevices = (path: string, wanted: ExactDeviceRequest | DeviceSubRequest): FieldError[] => [
  ...requiredChecked(`${path}.deviceClassName`, wanted.deviceClassName, (name) => dns1123Subdomain(name)),
  ...deviceSelectors(`${path}.selectors`, wanted.selectors),
  ...howMany(path, wanted),
]

const howMany = (path: string, { allocationMode = '', count = 0 }: ExactDeviceRequest | DeviceSubRequest): FieldError[] => {
  if (allocationMode === 'All')
    return count === 0 ? [] : [invalidValue(`${path}.count`, count, "must not be specified when allocationMode is 'All'")]
  if (allocationMode === 'ExactCount') return count > 0 ? [] : [invalidValue(`${path}.count`, count, 'must be greater than zero')]
  return [notSupported(`${path}.allocationMode`, allocationMode, ['All', 'ExactCount'])]
}

const attribute = (path: string, { matchAttribute }: DeviceConstraint): FieldError[] =>
  matchAttribute === undefined
    ? [requiredValue(`${path}.matchAttribute`)]
    : fullyQualifiedName(`${path}.matchAttribute`, matchAttribute)
