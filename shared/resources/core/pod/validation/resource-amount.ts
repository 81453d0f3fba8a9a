import { type FieldError, invalidValue, notSupported } from '../../../../meta/field-error.ts'
import { qualifiedName } from '../../../../meta/names.ts'
import { compareQuantities, formatQuantity, parseQuantityValue, type Quantity, zeroQuantity } from '../../../../meta/quantity.ts'
import { checked } from '../../../validation/value.ts'
import { isPodLevelResource } from '../resources.ts'

export const billion = 1_000_000_000n
const containerResources = ['cpu', 'memory', 'ephemeral-storage']
/** what quotas know too */
const standardResources = [
  ...containerResources,
  ...containerResources.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]
const countedResources = standardResources.slice(standardResources.indexOf('pods')).filter((name) => !name.endsWith('storage'))

export const isHugePages = (name: string) => name.startsWith('hugepages-')
const isStandard = (name: string) => standardResources.includes(name) || /^(requests\.)?hugepages-/.test(name)
export const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
export const isExtended = (name: string) =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
export const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name)

export const validateResourceName = (path: string, name: string): FieldError[] => {
  const errors = checked(path, name, qualifiedName)
  return errors.length > 0 || name.includes('/') || isStandard(name)
    ? errors
    : [invalidValue(path, name, 'must be a standard resource type or fully qualified')]
}

export const validateContainerResourceName = (path: string, name: string): FieldError[] => {
  const errors = validateResourceName(path, name)
  if (!name.includes('/'))
    return containerResources.includes(name) || isHugePages(name)
      ? errors
      : [...errors, invalidValue(path, name, 'must be a standard resource for containers')]
  return isNative(name) || isExtended(name)
    ? errors
    : [...errors, invalidValue(path, name, "doesn't follow extended resource name standard")]
}

export const validatePodResourceName = (path: string, name: string): FieldError[] => {
  const errors = validateResourceName(path, name)
  return errors.length > 0 || isPodLevelResource(name) ? errors : [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])]
}

/** What a quota can be said of, of what has no domain in its name. */
export const isQuotaResource = (name: string) => isStandard(name) && name !== 'storage'

export const validateQuotaResourceName = (path: string, name: string): FieldError[] => {
  const errors = validateResourceName(path, name)
  return name.includes('/') || isQuotaResource(name)
    ? errors
    : [...errors, invalidValue(path, name, 'must be a standard resource for quota')]
}

/** An amount: not negative, and whole where only whole things are counted. */
export const validateAmount = (path: string, name: string, amount: Quantity): FieldError[] => [
  ...(amount.nano < 0n ? [invalidValue(path, formatQuantity(amount), 'must be greater than or equal to 0')] : []),
  ...((countedResources.includes(name) || isExtended(name)) && amount.nano % billion !== 0n
    ? [invalidValue(path, formatQuantity(amount), 'must be an integer')]
    : []),
]

export const isNegative = (text: string) => compareQuantities(parseQuantityValue(text), zeroQuantity) < 0
