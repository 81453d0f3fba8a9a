import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label } from '../../../../meta/names.ts'
import { compareQuantities, formatQuantity, parseQuantityValue, type Quantity } from '../../../../meta/quantity.ts'
import type { CoreV1ResourceClaim, ResourceRequirements } from '../../../generated/types.ts'
import { checked, createSeen, each } from '../../../validation/value.ts'
import { billion, isHugePages, mayOvercommit, validateAmount, validateContainerResourceName } from './resource-amount.ts'

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

export const parsed = (list: Record<string, string> | undefined) =>
  new Map(Object.entries(list ?? {}).map(([name, text]) => [name, parseQuantityValue(text)]))

export const validateRequirements = (
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
        ...validateRequirements(path, requirements, validateContainerResourceName),
        ...validateClaims(`${path}.claims`, requirements.claims, podClaims),
      ]

export const validateClaims = (
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

/** RuntimeClass overhead */
export const validateOverhead = (path: string, overhead: Record<string, string> | undefined): FieldError[] =>
  overhead === undefined ? [] : validateContainerResources(path, { limits: overhead }, [])
