import { type FieldError, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, pathSegment } from '../../meta/names.ts'
import { checked } from '../validation/value.ts'

interface Reference {
  readonly apiGroup?: string | null | undefined
  readonly kind: string
  readonly name: string
}

/** An object of any kind, known by group, kind and name. */
export const typedReference = (path: string, { apiGroup, kind, name }: Reference): FieldError[] => [
  ...(apiGroup === undefined || apiGroup === null
    ? []
    : checked(`${path}.apiGroup`, apiGroup, (value) => dns1123Subdomain(value))),
  ...(kind ? checked(`${path}.kind`, kind, (value) => pathSegment(value)) : [requiredValue(`${path}.kind`)]),
  ...(name ? checked(`${path}.name`, name, (value) => pathSegment(value)) : [requiredValue(`${path}.name`)]),
]
