import {
  duplicateValue,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  requiredValue,
} from '../../../../meta/field-error.ts'
import { dns1123Label, qualifiedName } from '../../../../meta/names.ts'
import { compareQuantities, formatQuantity, parseQuantityValue, type Quantity, zeroQuantity } from '../../../../meta/quantity.ts'
import type { CoreV1ResourceClaim, PodSpec, ResourceRequirements } from '../../../generated/types.ts'
import { checked, createSeen, each } from '../../../validation/value.ts'
import { isPodLevelResource, sumOfContainers } from '../resources.ts'

const billion = 1_000_000_000n
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

const isHugePages = (name: string) => name.startsWith('hugepages-')
const isStandard = (name: string) => standardResources.includes(name) || /^(requests\.)?hugepages-/.test(name)
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
const isExtended = (name: string) =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0
const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name)

const validateName = (path: string, name: string): FieldError[] => {
  const errors = checked(path, name, qualifiedName)
  return errors.length > 0 || name.includes('/') || isStandard(name)
    ? errors
    : [invalidValue(path, name, 'must be a standard resource type or fully qualified')]
}

const validateContainerName = (path: string, name: string): FieldError[] => {
  const errors = validateName(path, name)
  if (!name.includes('/'))
    return containerResources.includes(name) || isHugePages(name)
      ? errors
      : [...errors, invalidValue(path, name, 'must be a standard resource for containers')]
  return isNative(name) || isExtended(name)
    ? errors
    : [...errors, invalidValue(path, name, "doesn't follow extended resource name standard")]
}

const validatePodName = (path: string, name: string): FieldError[] => {
  const errors = validateName(path, name)
  return errors.length > 0 || isPodLevelResource(name) ? errors : [notSupported(path, name, ['cpu', 'hugepages-', 'memory'])]
}

/** An amount: not negative, and whole where only whole things are counted. */
export const validateAmount = (path: string, name: string, amount: Quantity): FieldError[] => [
  ...(amount.nano < 0n ? [invalidValue(path, formatQuantity(amount), 'must be greater than or equal to 0')] : []),
  ...((countedResources.includes(name) || isExtended(name)) && amount.nano % billion !== 0n
    ? [invalidValue(path, formatQuantity(amount), 'must be an integer')]
    : []),
]

const validateHugePages = (path: string, name: string, amount: Quantity): FieldError[] => {
  if (!isHugePages(name)) return []
  const pageSize = parseQuantityValue(name.slice('hugepages-'.length))
  return pageSize.nano > 0n && amount.nano % billion === 0n && amount.nano % pageSize.nano === 0n
    ? []
    : [invalidValue(path, formatQuantity(amount), `${formatQuantity(amount)} is not positive integer multiple of ${name}`)]
}

/** A request has to keep to its limit. */
const validateAgainstLimit = (
  path: string,
  name: string,
  amounts: { request: Quantity; limit: Quantity | undefined },
): FieldError[] => {
  const { request, limit } = amounts
  if (limit === undefined)
    return mayOvercommit(name) ? [] : [requiredValue(`${path}.limits`, 'Limit must be set for non overcommitable resources')]
  const order = compareQuantities(request, limit)
  const fail = (relation: string) => [
    invalidValue(`${path}.requests`, formatQuantity(request), `must be ${relation} ${name} limit of ${formatQuantity(limit)}`),
  ]
  if (order !== 0 && !mayOvercommit(name)) return fail('equal to')
  return order > 0 ? fail('less than or equal to') : []
}

const parsed = (list: Record<string, string> | undefined) =>
  new Map(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantityValue(text)]))

const validateRequirements = (
  path: string,
  requirements: ResourceRequirements,
  nameRule: (path: string, name: string) => FieldError[],
): FieldError[] => {
  const limits = parsed(requirements.limits)
  const requests = parsed(requirements.requests)
  const validate = (list: string, name: string, amount: Quantity) => {
    const amountPath = `${path}.${list}[${name}]`
    return [
      ...nameRule(amountPath, name),
      ...validateAmount(amountPath, name, amount),
      ...(list === 'requests' ? validateAgainstLimit(path, name, { request: amount, limit: limits.get(name) }) : []),
      ...validateHugePages(amountPath, name, amount),
    ]
  }
  const names = [...limits.keys(), ...requests.keys()]
  return [
    ...[...limits].flatMap(([name, amount]) => validate('limits', name, amount)),
    ...[...requests].flatMap(([name, amount]) => validate('requests', name, amount)),
    ...(names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')
      ? [forbiddenField(path, 'HugePages require cpu or memory')]
      : []),
  ]
}

export const validateContainerResources = (
  path: string,
  requirements: ResourceRequirements | undefined,
  podClaims: readonly string[],
): FieldError[] =>
  requirements === undefined
    ? []
    : [
        ...validateRequirements(path, requirements, validateContainerName),
        ...validateClaims(`${path}.claims`, requirements.claims, podClaims),
      ]

const validateClaims = (
  path: string,
  claims: readonly CoreV1ResourceClaim[] | undefined,
  podClaims: readonly string[],
): FieldError[] => {
  const seen = createSeen()
  return each(path, claims, (claimPath, { name, request }) => {
    if (!name) return [requiredValue(claimPath)]
    const key = request ? `${name}/${request}` : name
    const detail = podClaims.length === 0 ? ' which is empty' : `: ${[...podClaims].sort().join(', ')}`
    return [
      ...(request ? checked(`${claimPath}.request`, request, dns1123Label) : []),
      ...(seen(key) ? [duplicateValue(claimPath, key)] : []),
      ...(podClaims.includes(name)
        ? []
        : [
            {
              type: 'FieldValueNotFound' as const,
              field: claimPath,
              message: `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${detail}`,
            },
          ]),
    ]
  })
}

/** What a pod asks for as a whole has to hold what its containers ask for. */
export const validatePodResources = (path: string, spec: PodSpec): FieldError[] => {
  const { resources } = spec
  if (!resources) return []
  const { requests = {}, limits = {} } = resources
  const errors = [
    ...(resources.claims ? [forbiddenField(`${path}.claims`, 'claims may not be set for Resources at pod-level')] : []),
    ...validateRequirements(path, resources, validatePodName),
  ]
  for (const [name, sum] of sumOfContainers(spec, 'requests'))
    if (requests[name] !== undefined && compareQuantities(sum, parseQuantityValue(requests[name])) > 0)
      errors.push(
        invalidValue(
          `${path}.requests[${name}]`,
          requests[name],
          `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`,
        ),
      )
  for (const [name, sum] of sumOfContainers(spec, 'limits'))
    if (isHugePages(name) && limits[name] !== undefined && compareQuantities(sum, parseQuantityValue(limits[name])) > 0)
      errors.push(
        invalidValue(
          `${path}.limits[${name}]`,
          limits[name],
          `must be greater than or equal to aggregate container limits of ${formatQuantity(sum)}`,
        ),
      )
  for (const [index, container] of spec.containers.entries())
    for (const [name, amount] of parsed(container.resources?.limits))
      if (limits[name] !== undefined && compareQuantities(amount, parseQuantityValue(limits[name])) > 0)
        errors.push(
          invalidValue(
            `${path}.containers[${index}][${name}].limits`,
            formatQuantity(amount),
            `must be less than or equal to pod limits of ${limits[name]}`,
          ),
        )
  return errors
}

/** RuntimeClass overhead */
export const validateOverhead = (path: string, overhead: Record<string, string> | undefined): FieldError[] =>
  overhead === undefined ? [] : validateContainerResources(path, { limits: overhead }, [])

export const isNegative = (text: string) => compareQuantities(parseQuantityValue(text), zeroQuantity) < 0
