import { type FieldError, invalid, notSupported, tooLong } from '../../meta/field-error.ts'
import type { ApiRequest } from '../request.ts'

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'
const directives: readonly string[] = ['', 'Ignore', 'Strict', 'Warn']
const maxFieldManagerLength = 128

/** What CreateOptions, UpdateOptions and PatchOptions have in common. */
export const checkWriteOptions = ({ query }: Pick<ApiRequest, 'query'>, kind: string): void => {
  const errors: FieldError[] = []
  if ((query.get('fieldManager')?.length ?? 0) > maxFieldManagerLength)
    errors.push(tooLong('fieldManager', maxFieldManagerLength))
  const dryRun = query.getAll('dryRun')
  if (dryRun.some((value) => value !== 'All')) errors.push(notSupported('dryRun', dryRun, ['All']))
  const directive = query.get('fieldValidation') ?? ''
  if (!directives.includes(directive)) errors.push(notSupported('fieldValidation', directive, directives))
  if (errors.length > 0) throw invalid('meta.k8s.io', kind, '', errors)
}

export const fieldValidationOf = ({ query }: Pick<ApiRequest, 'query'>): FieldValidation =>
  (query.get('fieldValidation') || 'Warn') as FieldValidation
