import { tooLong } from '../../../meta/field-error.ts'
import { compilePattern, PatternError } from '../../../meta/pattern/pattern.ts'
import { formatOf } from './format.ts'
import { type Checked, type Finding, invalidText, Result, wrongType } from './result.ts'

/** The first that it does not fit. */
export const checkString = (checked: Checked): Result => {
  const result = new Result()
  const finding = lengthFinding(checked, checked.value as string) ?? patternFinding(checked, checked.value as string)
  if (finding) result.add(finding)
  return result
}

const lengthFinding = ({ schema: { maxLength, minLength }, path, run }: Checked, value: string): Finding | undefined => {
  const length = maxLength === undefined && minLength === undefined ? 0 : countCharacters(value)
  if (maxLength !== undefined && length > maxLength) {
    const { type, message } = tooLong(path, maxLength)
    return { type, path, message, text: `${path} in body should be at most ${maxLength} chars long` }
  }
  if (minLength !== undefined && length < minLength) {
    return invalidText(path, run.tell(value), `${path} in body should be at least ${minLength} chars long`)
  }
  return undefined
}

const patternFinding = ({ schema: { pattern }, path, run }: Checked, value: string): Finding | undefined => {
  if (!pattern) return undefined
  const fail = (text: string) => invalidText(path, run.tell(value), text)
  const compiled = compilePattern(pattern)
  if (compiled instanceof PatternError) {
    return fail(`${path} in body should match '${pattern}, but pattern is invalid: ${compiled.message}'`)
  }
  if (!run.mayLook(value, compiled.steps)) return fail(`${path} in body is too long to be held against '${pattern}'`)
  return compiled.matches(value) ? undefined : fail(`${path} in body should match '${pattern}'`)
}

const countCharacters = (text: string): number => {
  let pairs = 0
  for (let index = 0; index < text.length - 1; index++) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) pairs++
  }
  return text.length - pairs
}

export const checkFormat = ({ schema, value, path, run }: Checked): Result | undefined => {
  const format = formatOf(schema.format)
  if (!format) return undefined
  const result = new Result()
  if (!format(value as string)) result.add(wrongType(path, schema.format!, run.tell(value as string)))
  return result
}
