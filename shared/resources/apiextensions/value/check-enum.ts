import { notSupported } from '../../../meta/field-error.ts'
import { inNameOrder, sameJson } from '../../../meta/json-value.ts'
import { type Checked, type Finding, Result } from './result.ts'

export const checkEnum = ({ schema: { enum: allowed }, value, path, run }: Checked): Result => {
  const result = new Result()
  if (!allowed?.length) return result
  const { scalars, others, listed, message } = knownOf(allowed)
  if (value !== null && (converted(value).some((one) => scalars.has(one)) || others.some((one) => sameJson(one, value))))
    return result
  const given = notSupported(path, typeof value === 'string' ? run.tell(value) : inNameOrder(value), [])
  const finding: Finding = {
    type: given.type,
    path,
    message: `${given.message}: supported values: ${run.tell(message)}`,
    text: `${path} in body should be one of [${run.tell(listed)}]`,
  }
  result.add(finding)
  return result
}

/** What upstream compares with: a fraction becomes a whole number, a whole number the character of that code. */
const converted = (value: unknown): readonly unknown[] => {
  if (typeof value !== 'number' && typeof value !== 'bigint') return [value]
  if (typeof value === 'number' && !Number.isInteger(value)) return [value, Math.trunc(value)]
  const isCode = value >= 0 && value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff)
  return [value, isCode ? String.fromCodePoint(Number(value)) : '\ufffd']
}

interface Known {
  readonly scalars: ReadonlySet<unknown>
  readonly others: readonly unknown[]
  /** All, as findings list them. */
  readonly listed: string
  readonly message: string
}

const isStructured = (value: unknown): boolean => typeof value === 'object' && value !== null

const known = new WeakMap<readonly unknown[], Known>()

/** There may be many, and many values. */
const knownOf = (allowed: readonly unknown[]): Known => {
  const before = known.get(allowed)
  if (before) return before
  const all = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  const made: Known = {
    scalars: new Set(allowed.filter((one) => !isStructured(one))),
    others: allowed.filter(isStructured),
    listed: all.join(' '),
    message: all.map((text) => JSON.stringify(text)).join(', '),
  }
  known.set(allowed, made)
  return made
}
