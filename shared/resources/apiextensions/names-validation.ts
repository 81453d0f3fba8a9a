import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { dns1035Label } from '../../meta/names.ts'
import type { CrdNames } from './resource.ts'

export const validateNames = (path: string, names: CrdNames): FieldError[] => {
  const errors: FieldError[] = []
  const label = (field: string, value: string) => {
    const found = dns1035Label(value)
    if (found.length > 0) errors.push(invalidValue(`${path}.${field}`, value, found.join(',')))
  }
  const kind = (field: string, value: string | undefined) => {
    const found = value ? dns1035Label(value.toLowerCase()) : []
    if (found.length === 0) return
    const text = `may have mixed case, but should otherwise match: ${found.join(',')}`
    errors.push(invalidValue(`${path}.${field}`, value, text))
  }
  if (names.plural) label('plural', names.plural)
  if (names.singular) label('singular', names.singular)
  kind('kind', names.kind)
  kind('listKind', names.listKind)
  for (const [index, name] of (names.shortNames ?? []).entries()) label(`shortNames[${index}]`, name)
  if (names.kind && names.kind === names.listKind) {
    errors.push(invalidValue(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'))
  }
  for (const [index, name] of (names.categories ?? []).entries()) label(`categories[${index}]`, name)
  return errors
}
