import { type FieldError, forbiddenField, invalid, notSupported, requiredValue, tooLong } from '../../meta/field-error.ts'
import type { ApiRequest } from '../request.ts'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'
const directives: readonly string[] = ['', 'Ignore', 'Strict', 'Warn']
const maxFieldManagerLength = 128

/** What CreateOptions, UpdateOptions and PatchOptions have in common. */
export const checkWriteOptions = ({ query }: Pick<ApiRequest, 'query'>, kind: string, applies = false): void => {
  const errors: FieldError[] = []
  if (applies) {
    if (!query.get('fieldManager')) errors.push(requiredValue('fieldManager', 'is required for apply patch'))
  } else if (kind === 'PatchOptions' && query.has('force')) {
    errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
  }
  errors.push(...managerErrors('fieldManager', query.get('fieldManager') ?? ''))
  const dryRun = query.getAll('dryRun')
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  const directive = query.get('fieldValidation') ?? ''
  if (!directives.includes(directive)) errors.push(notSupported('fieldValidation', directive, directives))
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors)
}

/** Findings about a manager's name. */
export const managerErrors = (field: string, manager: string): FieldError[] => {
  if (manager.length <= maxFieldManagerLength && plain.test(manager)) return []
  const errors: FieldError[] = []
  if (Buffer.byteLength(manager) > maxFieldManagerLength) errors.push(tooLong(field, maxFieldManagerLength))
  let position = 0
  for (const character of manager) {
    if (!printable.test(character)) {
      const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
      const message = `Invalid value: ${goQuoted(manager)}: invalid character U+${code} (at position ${position})`
      errors.push({ type: 'FieldValueInvalid', field, message })
    }
    position += Buffer.byteLength(character)
  }
  return errors
}

/** All that most names are made of. */
const plain = /^[\x20-\x7e]*$/

/** Go's: letters, marks, numbers, punctuation, symbols, and of all spaces only the one of ASCII. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

const goQuoted = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('\\u0007', '\\a')
    .replaceAll('\\u000b', '\\v')
    .replaceAll(/\\u00([01]\p{AHex})/gu, '\\x$1')
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (one) => `\\u${one.codePointAt(0)!.toString(16).padStart(4, '0')}`)

export const fieldValidationOf = ({ query }: Pick<ApiRequest, 'query'>): FieldValidation =>
  (query.get('fieldValidation') || 'Warn') as FieldValidation
