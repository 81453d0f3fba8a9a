import { isDeepStrictEqual } from 'node:util'
import { duplicateValue, type FieldError } from '../../meta/field-error.ts'
import type { TopologySelectorTerm } from '../generated/types.ts'
import { labelKey } from '../validation/label.ts'
import { createSeen, each, required } from '../validation/value.ts'

const validateTerm = (path: string, { matchLabelExpressions }: TopologySelectorTerm): FieldError[] => {
  const seen = createSeen()
  return each(`${path}.matchLabelExpressions`, matchLabelExpressions, (rulePath, { key, values }) => {
    const seenValue = createSeen()
    return [
      ...required(`${rulePath}.values`, values ?? []),
      ...each(`${rulePath}.values`, values, (valuePath, value) => (seenValue(value) ? [duplicateValue(valuePath, value)] : [])),
      ...labelKey(`${rulePath}.key`, key),
      ...(seen(key) ? [duplicateValue(`${rulePath}.key`, key)] : []),
    ]
  })
}

const meaning = ({ matchLabelExpressions }: TopologySelectorTerm): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map((matchLabelExpressions ?? []).map(({ key, values }) => [key, new Set(values)]))

export const validateTopologies = (path: string, terms: readonly TopologySelectorTerm[] | undefined): FieldError[] => {
  const meanings = (terms ?? []).map(meaning)
  return each(path, terms, (termPath, term, index) => {
    const same = meanings.slice(0, index).filter((other) => isDeepStrictEqual(other, meanings[index])).length
    // one that says nothing is found as often as there are terms besides: upstream compares with as many empty ones
    const count = meanings[index]?.size === 0 ? same + meanings.length : same
    return [
      ...validateTerm(termPath, term),
      ...Array.from({ length: count }, () => duplicateValue(`${termPath}.matchLabelExpressions`, '')),
    ]
  })
}
