import { tooLong } from '../../../meta/field-error.ts'
import { formatOf } from './format.ts'
import { compilePattern } from './pattern.ts'
import { type Checked, type Finding, invalidText, Result, wrongType } from './result.ts'

/** The first that it does not fit. */
export const checkString = ({ schema, value, path }: Checked): Result => {
  const result = new Result()
  const finding = findingOf(schema, value as string, path)
  if (finding) result.add(finding)
  return result
}

const findingOf = ({ maxLength, minLength, pattern }: Checked['schema'], value: string, path: string): Finding | undefined => {
  const length = maxLength === undefined && minLength === undefined ? 0 : countCharacters(value)
  if (maxLength !== undefined && length > maxLength) {
    const { type, message } = tooLong(path, maxLength)
    return { type, path, message, text: `${path} in body should be at most ${maxLength} chars long` }
  }
  if (minLength !== undefined && length < minLength) {
    return invalidText(path, value, `${path} in body should be at least ${minLength} chars long`)
  }
  if (!pattern) return undefined
  const compiled = compilePattern(pattern)
  if (typeof compiled === 'string') {
    return invalidText(path, value, `${path} in body should match '${pattern}, but pattern is invalid: ${compiled}'`)
  }
  return compiled.matches(value) ? undefined : invalidText(path, value, `${path} in body should match '${pattern}'`)
}

const countCharacters = (text: string): number => {
  let pairs = 0
  for (let index = 0; index < text.length - 1; index++) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) pairs++
  }
  return text.length - pairs
}

export const checkFormat = ({ schema, value, path }: Checked): Result | undefined => {
  const format = formatOf(schema.format)
  if (!format) return undefined
  const result = new Result()
  if (!format(value as string)) result.add(wrongType(path, schema.format!, value as string))
  return result
}
