import type { JsonSchema } from '../json-schema.ts'
import { bareText, type Check, type Checked, Result } from './result.ts'

/** What a schema says by others: anyOf, oneOf, allOf, not. Of alternatives none of which fits, the nearest tells why. */
export const checkJunctors = (checked: Checked, check: Check): Result => {
  const result = new Result()
  const of = (schema: JsonSchema) => check({ ...checked, schema })
  const { anyOf, oneOf, allOf, not } = checked.schema
  if (anyOf?.length) checkAny(checked, { results: lazily(anyOf, of), result })
  if (oneOf?.length) checkOne(checked, { results: oneOf.map(of), result })
  if (allOf?.length) checkAll(checked, { results: allOf.map(of), result })
  if (not && of(not).valid) result.add(bareText(`${quoted(checked)} must not validate the schema (not)`))
  result.matched++
  return result
}

interface Alternatives {
  readonly results: Iterable<Result>
  readonly result: Result
}

const quoted = ({ path }: Checked) => JSON.stringify(path)

function* lazily(schemas: readonly JsonSchema[], of: (schema: JsonSchema) => Result): Generator<Result> {
  for (const schema of schemas) yield of(schema)
}

const nearer = (best: Result | undefined, next: Result) => (best && next.matched <= best.matched ? best : next)

const checkAny = (checked: Checked, { results, result }: Alternatives): void => {
  let best: Result | undefined
  for (const one of results) {
    if (one.valid) {
      result.merge(one)
      return
    }
    best = nearer(best, one)
  }
  result.add(bareText(`${quoted(checked)} must validate at least one schema (anyOf)`))
  if (best) result.merge(best)
}

const checkOne = (checked: Checked, { results, result }: Alternatives): void => {
  const all = [...results]
  const valid = all.filter((one) => one.valid)
  if (valid.length === 1) {
    result.merge(valid[0]!)
    return
  }
  const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`
  result.add(bareText(`${quoted(checked)} must validate one and only one schema (oneOf). ${found}`))
  if (valid.length === 0) result.merge(all.reduce(nearer))
}

const checkAll = (checked: Checked, { results, result }: Alternatives): void => {
  const all = [...results]
  for (const one of all) result.merge(one)
  const valid = all.filter((one) => one.valid).length
  if (valid === all.length) return
  result.add(bareText(`${quoted(checked)} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`))
}
