import { ApiError, type StatusCause } from './status.ts'

/** One finding of validation, as in apimachinery's field.Error. `field` is a path such as `spec.containers[0].name`. */
export interface FieldError {
  type:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueDuplicate'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTypeInvalid'
    | 'InternalError'
  field: string
  /** the whole message without the field: `Invalid value: "x": must be …` */
  message: string
}

const quote = (value: unknown): string => JSON.stringify(value, ordered) ?? 'null'

const ordered = (key: string, value: unknown) => (key === 'matchLabels' ? inKeyOrder(value as Record<string, string>) : value)

/** A map with keys of a user's, as errors show it. */
export const inKeyOrder = <T>(map: Readonly<Record<string, T>> | null | undefined): Record<string, T> | null =>
  map ? Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) : null

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${quote(value)}${detail ? `: ${detail}` : ''}`,
})
export const requiredValue = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  message: `Required value${detail ? `: ${detail}` : ''}`,
})
export const duplicateValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${quote(value)}`,
})
/** The supported ones are listed in the given order. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${quote(value)}${supported.length ? `: supported values: ${supported.map(quote).join(', ')}` : ''}`,
})
export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  message: `Forbidden${detail ? `: ${detail}` : ''}`,
})
export const notFoundValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  message: `Not found: ${quote(value)}`,
})
export const tooLong = (field: string, maxLength: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`,
})
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  message: `Too many: ${actual}: ${max < 0 ? 'has too many items' : `must have at most ${max} ${max === 1 ? 'item' : 'items'}`}`,
})

/** The 422 answer for findings; `kind` is the object's Kind, as upstream puts it there. */
export const invalid = (group: string, kind: string, name: string | undefined, errors: FieldError[]): ApiError => {
  const seen = new Set<string>()
  const lines = errors.map((error) => `${error.field}: ${error.message}`).filter((line) => !seen.has(line) && seen.add(line))
  const text = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const causes: StatusCause[] = errors.map(({ type, field, message }) => ({ reason: type, message, field }))
  const qualifiedKind = group === '' ? kind : `${kind}.${group}`
  return new ApiError('Invalid', `${qualifiedKind} "${name ?? ''}" is invalid: ${text}`, {
    details: { name: name || undefined, group: group || undefined, kind: kind || undefined, causes },
  })
}
