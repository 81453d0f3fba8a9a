import type { Pattern } from '../../meta/pattern/pattern.ts'
import { noSuchOverload } from '../value/compare.ts'
import { type CelValue, ValueList } from '../value/value.ts'

/** Functions whose second argument is a pattern, by name: one that is constant is compiled with the expression. */
export const regexCalls: Readonly<Record<string, (pattern: Pattern, text: string, limit?: CelValue) => CelValue>> = {
  matches: (pattern, text) => pattern.matches(text),
  find: (pattern, text) => pattern.findAll(text, 1)[0] ?? '',
  findAll: (pattern, text, limit = -1n) => {
    if (typeof limit !== 'bigint') return noSuchOverload
    return new ValueList(pattern.findAll(text, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)))
  },
}
