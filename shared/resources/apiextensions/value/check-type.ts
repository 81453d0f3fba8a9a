import { validatedFormat } from './format.ts'
import { type Checked, Result, wrongType } from './result.ts'

interface JsonType {
  readonly name: string
  /** of numbers only */
  readonly format: string
}

const typeOf = (value: unknown): JsonType => {
  if (Array.isArray(value)) return { name: 'array', format: '' }
  if (typeof value === 'bigint') return { name: 'integer', format: 'int64' }
  if (typeof value === 'number') {
    // A larger whole number was not written as one: such are bigints.
    return Number.isSafeInteger(value) ? { name: 'integer', format: 'int64' } : { name: 'number', format: 'float64' }
  }
  return { name: typeof value, format: '' }
}

/** An integer or a string may stand where the schema says so by its own word. */
const typesOf = ({ schema, run }: Checked): readonly string[] => {
  if (schema['x-kubernetes-int-or-string'] && !run.ofDefaults) return ['integer', 'string']
  return schema.type ? [schema.type] : []
}

/** Undefined: nothing is said of the type. */
export const checkType = (checked: Checked): Result | undefined => {
  const { schema, value, path } = checked
  const types = typesOf(checked)
  const format = validatedFormat(schema.format)
  if (types.length === 0 && !format) return undefined
  const result = new Result()
  const { name, format: ofNumber } = typeOf(value)
  const fits = types.includes(name) || (name === 'integer' && types.includes('number'))
  const formatted = name === 'string' || name === 'array'
  if (!formatted && format && !fits && ofNumber !== format) result.add(wrongType(path, format, ofNumber))
  else if (formatted && format && !types.includes('number') && !types.includes('integer')) result.matched = 1
  else if (fits) result.matched = 1
  else result.add(wrongType(path, types.join(','), name))
  return result
}

/** Of a null, which must be allowed. */
export const checkNull = (checked: Checked): Result => {
  const { schema, path } = checked
  const result = new Result()
  const types = typesOf(checked)
  if (types.length > 0 && !schema.nullable) result.add(wrongType(path, types.join(','), 'null'))
  else result.matched = 1
  return result
}
