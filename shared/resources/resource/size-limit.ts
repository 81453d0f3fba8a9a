import { type FieldError, tooMany } from '../../meta/field-error.ts'
import { each } from '../validation/value.ts'

export const maxRequests = 32

/** As `each`, but of a list with too many items nothing else is said. */
export const upTo = <T>(
  max: number,
  path: string,
  values: readonly T[] | null | undefined,
  validate: (elementPath: string, value: T, index: number) => FieldError[],
): FieldError[] => ((values?.length ?? 0) > max ? [tooMany(path, values!.length, max)] : each(path, values, validate))
