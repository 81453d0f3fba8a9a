import { constantPatternWeight } from '../../../cel/constant-pattern.ts'
import { type FieldError, forbiddenField } from '../../../meta/field-error.ts'
import { patternWeight } from '../../../meta/pattern/weight.ts'
import { allSchemas, type JsonSchema } from '../json-schema.ts'

/** Of all different patterns of a definition: some seconds of reading and compiling. */
const mostWeight = 1_000_000

/** That the patterns of a definition and of its rules are too much together; nobody has read one of them yet. */
export const validatePatternWeight = (path: string, roots: readonly JsonSchema[]): FieldError[] => {
  const weights = new Map<string, number>()
  for (const root of roots) {
    for (const { pattern, 'x-kubernetes-validations': rules = [] } of allSchemas(root)) {
      if (pattern) weights.set(`pattern ${pattern}`, patternWeight(pattern))
      for (const { rule } of rules) weights.set(`rule ${rule}`, constantPatternWeight(rule))
      for (const { messageExpression = '' } of rules)
        weights.set(`rule ${messageExpression}`, constantPatternWeight(messageExpression))
    }
  }
  const weight = [...weights.values()].reduce((sum, one) => sum + one, 0)
  if (weight <= mostWeight) return []
  return [forbiddenField(path, `patterns may weigh ${mostWeight} steps and characters together, these do ${weight}`)]
}
