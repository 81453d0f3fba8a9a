import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { parseQuantityValue } from '../../meta/quantity.ts'

export const nonNegativeQuantity = (path: string, value: string): FieldError[] =>
  parseQuantityValue(value).nano < 0n ? [invalidValue(path, value, 'must be greater than or equal to 0')] : []

export const positiveQuantity = (path: string, value: string): FieldError[] =>
  parseQuantityValue(value).nano <= 0n ? [invalidValue(path, value, 'must be greater than zero')] : []
