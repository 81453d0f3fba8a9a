import { type Checked, type Finding, goNumber, invalidText, Result } from './result.ts'

type Integer = bigint

const isWhole = (value: number | bigint) => typeof value === 'bigint' || Number.isSafeInteger(value)

export const checkNumber = ({ schema, value, path }: Checked): Result => {
  const number = value as number | bigint
  const result = new Result()
  const findings = isWhole(number) ? ofInteger(schema, BigInt(number), path) : ofFloat(schema, number as number, path)
  for (const finding of findings) if (finding) result.add(finding)
  result.matched = 1
  return result
}

/** As Go compares integers: with a bound that lost its fraction. */
const ofInteger = (schema: Checked['schema'], value: Integer, path: string): (Finding | undefined)[] => {
  const [factor, maximum, minimum] = [schema.multipleOf, schema.maximum, schema.minimum].map((bound) =>
    bound === undefined ? undefined : BigInt(Math.trunc(Number(bound))),
  )
  const fail = (text: string) => invalidText(path, numberOf(value), text)
  return [
    factor === undefined
      ? undefined
      : multiple(path, { factor, value: numberOf(value), fits: factor > 0n && value % factor === 0n }),
    maximum === undefined ? undefined : above(path, { bound: maximum, value, exclusive: schema.exclusiveMaximum, fail }),
    minimum === undefined ? undefined : below(path, { bound: minimum, value, exclusive: schema.exclusiveMinimum, fail }),
  ]
}

const ofFloat = (schema: Checked['schema'], value: number, path: string): (Finding | undefined)[] => {
  const { multipleOf: factor, maximum, minimum } = schema
  const fail = (text: string) => invalidText(path, value, text)
  const ratio = factor === undefined ? 0 : factor < 1 ? (1 / factor) * value : value / factor
  return [
    factor === undefined ? undefined : multiple(path, { factor, value, fits: factor > 0 && isNearlyWhole(ratio) }),
    maximum === undefined ? undefined : above(path, { bound: maximum, value, exclusive: schema.exclusiveMaximum, fail }),
    minimum === undefined ? undefined : below(path, { bound: minimum, value, exclusive: schema.exclusiveMinimum, fail }),
  ]
}

const epsilon = 1e-9

/** As go-openapi takes a float for an integer. */
const isNearlyWhole = (value: number): boolean => {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const difference = Math.abs(value - Math.trunc(value))
  if (difference === 0) return true
  const sum = Math.abs(value) + Math.abs(Math.trunc(value))
  return difference < (sum < Number.MIN_VALUE ? epsilon * Number.MIN_VALUE : epsilon * Math.min(sum, Number.MAX_VALUE))
}

interface Bound<T> {
  readonly bound: T
  readonly value: T
  readonly exclusive: boolean | undefined
  readonly fail: (text: string) => Finding
}

const above = <T extends number | bigint>(path: string, { bound, value, exclusive, fail }: Bound<T>): Finding | undefined => {
  if (exclusive ? value < bound : value <= bound) return undefined
  return fail(`${path} in body should be less than ${exclusive ? '' : 'or equal to '}${goNumber(bound)}`)
}

const below = <T extends number | bigint>(path: string, { bound, value, exclusive, fail }: Bound<T>): Finding | undefined => {
  if (exclusive ? value > bound : value >= bound) return undefined
  return fail(`${path} in body should be greater than ${exclusive ? '' : 'or equal to '}${goNumber(bound)}`)
}

const multiple = (
  path: string,
  { factor, value, fits }: { factor: number | bigint; value: number | bigint; fits: boolean },
): Finding | undefined => {
  if (fits) return undefined
  if (factor <= 0)
    return invalidText(path, factor, `factor MultipleOf declared for ${path} must be positive: ${goNumber(factor)}`)
  return invalidText(path, value, `${path} in body should be a multiple of ${goNumber(factor)}`)
}

const numberOf = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value)
