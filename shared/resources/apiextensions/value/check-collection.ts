import { tooMany } from '../../../meta/field-error.ts'
import { propertyOf } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { type Check, type Checked, invalidText, Result } from './result.ts'

export const checkList = ({ schema, value, path, before, run }: Checked, check: Check): Result => {
  const result = new Result()
  const values = value as readonly unknown[]
  const { items, minItems, maxItems } = schema
  for (const [index, item] of items ? values.entries() : []) {
    result.merge(check({ schema: items!, value: item, path: `${path}[${index}]`, before: before?.item(index), run }))
  }
  if (minItems !== undefined && values.length < minItems) {
    result.add(invalidText(path, values.length, `${path} in body should have at least ${minItems} items`))
  }
  if (maxItems !== undefined && values.length > maxItems) {
    const text = `${path} in body should have at most ${maxItems} items`
    result.add({ ...tooMany(path, values.length, maxItems), path, text })
  }
  result.matched++
  return result
}

export const checkObject = (checked: Checked, check: Check): Result => {
  const result = new Result()
  const { schema, path, run } = checked
  const object = checked.value as Readonly<Record<string, unknown>>
  checkSize(checked, result)
  const at = (name: string, field: JsonSchema, fieldPath: string) => {
    // What an object says it is can't have been otherwise.
    const type = path === '' && (name === 'apiVersion' || name === 'kind')
    const before = type ? undefined : checked.before?.field(name)
    result.merge(check({ schema: field, value: object[name], path: fieldPath, before, run }))
  }
  const additional = additionalSchemaOf(schema)
  if (schema.additionalProperties !== undefined) {
    for (const name of Object.keys(object)) {
      if (propertyOf(schema, name)) continue
      if (additional) at(name, additional, `${path}.${name}`)
      else if (schema.additionalProperties === false) {
        result.add(invalidText(path, name, `${path}.${name} in body is a forbidden property`))
      }
    }
  }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (Object.hasOwn(object, name)) at(name, field, path === '' ? name : `${path}.${name}`)
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(object, name)) continue
    const missing = `${path}.${name}`
    const text = `${missing} in body is required`
    result.add({ type: 'FieldValueRequired', path: missing, text, message: 'Required value' })
  }
  return result
}

const checkSize = ({ schema: { minProperties, maxProperties }, value, path }: Checked, result: Result): void => {
  if (minProperties === undefined && maxProperties === undefined) return
  const { length } = Object.keys(value as object)
  if (minProperties !== undefined && length < minProperties) {
    result.add(invalidText(path, length, `${path} in body should have at least ${minProperties} properties`))
  }
  if (maxProperties !== undefined && length > maxProperties) {
    const text = `${path} in body should have at most ${maxProperties} properties`
    result.add({ ...tooMany(path, length, maxProperties), path, text })
  }
}
