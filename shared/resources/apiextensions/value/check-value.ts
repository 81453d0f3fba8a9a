import type { FieldError } from '../../../meta/field-error.ts'
import { isJsonObject } from '../../../meta/json-value.ts'
import type { Correlation } from '../../../meta/structural/correlation.ts'
import type { JsonSchema } from '../json-schema.ts'
import { checkList, checkObject } from './check-collection.ts'
import { checkEnum } from './check-enum.ts'
import { checkJunctors } from './check-junctors.ts'
import { checkNumber } from './check-number.ts'
import { CheckRun } from './check-run.ts'
import { checkFormat, checkString } from './check-string.ts'
import { checkNull, checkType } from './check-type.ts'
import { type Check, Result } from './result.ts'

/**
 * What a schema finds wrong with a value that stands at `path` ('': it is a whole object), in the words of kube-openapi. `before`: what stood there
 * before an update; findings about what has not changed since are left out. A run may be that of
 * several values.
 */
export const checkValue = (
  schema: JsonSchema,
  value: unknown,
  { path, before, run = new CheckRun() }: { path: string; before?: Correlation | undefined; run?: CheckRun },
): FieldError[] => {
  const { findings } = checkPart({ schema, value, path: '', before, run })
  return findings.map(({ type, path: at, message }) => ({ type, message, field: fieldOf(path, at) }))
}

/** Go has no name for what is no field. */
const fieldOf = (root: string, path: string | undefined): string => {
  const name = path === undefined || path === '.' ? '' : path.replace(/^\./, '')
  if (name === '') return root === '' ? '<nil>' : root
  return root === '' ? name : `${root}.${name}`
}

const checkPart: Check = (checked) => {
  const result = checkHere(checked)
  if (!result.valid && checked.before?.unchanged()) result.forgive()
  return result
}

const checkHere: Check = (checked) => {
  const { schema, value } = checked
  const result = new Result()
  const take = (one: Result | undefined) => {
    if (!one) return
    result.merge(one)
    result.matched++
  }
  if (value === null) {
    result.merge(checkNull(checked))
    result.merge(checkEnum(checked))
    return result
  }
  take(checkType(checked))
  // An alternative is of the same value: what is forgiven is forgiven as a whole.
  take(checkJunctors(checked, checkHere))
  if (typeof value === 'string') {
    take(checkString(checked))
    take(checkFormat(checked))
  } else if (typeof value === 'number' || typeof value === 'bigint') take(checkNumber(checked))
  else if (Array.isArray(value)) take(checkList(checked, checkPart))
  if (schema.enum) take(checkEnum(checked))
  else result.matched++
  if (isJsonObject(value)) take(checkObject(checked, checkPart))
  result.matched++
  return result
}
