import { type FieldError, forbiddenField, invalidValue } from '../../../../meta/field-error.ts'
import { compareQuantities, formatQuantity, parseQuantityValue } from '../../../../meta/quantity.ts'
import type { PodSpec } from '../../../generated/types.ts'
import { sumOfContainers } from '../resources.ts'
import { isHugePages, validatePodResourceName } from './resource-amount.ts'
import { parsed, validateClaims, validateRequirements } from './resource-requirement.ts'

/** What a pod asks for as a whole has to hold what its containers ask for. */
export const validatePodResources = (path: string, spec: PodSpec): FieldError[] => {
  const { resources } = spec
  if (!resources) return []
  const { requests = {}, limits = {} } = resources
  const errors = [
    ...(resources.claims ? [forbiddenField(`${path}.claims`, 'claims may not be set for Resources at pod-level')] : []),
    ...validateRequirements(path, resources, validatePodResourceName),
    ...validateClaims(
      `${path}.claims`,
      resources.claims,
      (spec.resourceClaims ?? []).map(({ name }) => name),
    ),
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
