import { admissionEnvironment } from '../../../cel/admission/admission-environment.ts'
import { type CompiledExpression, compileExpression } from '../../../cel/admission/compile-expression.ts'
import { DeclaredVariables } from '../../../cel/admission/declared-variables.ts'
import { boolType, nullType, stringType } from '../../../cel/type.ts'
import { labelSelectorMatcher } from '../../../meta/label-selector.ts'
import type { AuditAnnotation, MatchResources, Validation } from '../../../resources/generated/types.ts'
import type { ValidatingAdmissionPolicy } from '../../../resources/resource.ts'
import type { CompiledVariables } from '../expressions/lazy-variables.ts'
import { type CompiledConditions, compileMatchConditions } from '../expressions/match-conditions.ts'
import type { MatchCriteria } from '../matching/match.ts'

/** What a policy says, ready to be asked. */
export interface CompiledPolicy {
  readonly conditions: CompiledConditions
  readonly variables: CompiledVariables
  readonly validations: readonly CompiledValidation[]
  readonly annotations: readonly CompiledAnnotation[]
}

export interface CompiledValidation extends Validation {
  readonly compiled: CompiledExpression
  /** undefined: it has no messageExpression */
  readonly compiledMessage: CompiledExpression | undefined
}

export interface CompiledAnnotation extends AuditAnnotation {
  readonly compiled: CompiledExpression
}

/** of expressions, of all that are kept; what is made of them is some times as much */
const mostKeptCharacters = 4_000_000

/** By uid and generation; the longest unused go first. */
const kept = new Map<string, { readonly policy: CompiledPolicy; readonly size: number }>()
let keptSize = 0

export const compiledPolicy = (policy: ValidatingAdmissionPolicy): CompiledPolicy => {
  const { uid, generation } = policy.metadata
  const key = `${uid} ${generation}`
  const found = kept.get(key)
  if (found) {
    kept.delete(key)
    kept.set(key, found)
    return found.policy
  }
  const made = { policy: compile(policy), size: JSON.stringify(policy.spec).length }
  kept.set(key, made)
  keptSize += made.size
  for (const [oldest, { size }] of kept) {
    if (keptSize <= mostKeptCharacters || oldest === key) break
    kept.delete(oldest)
    keptSize -= size
  }
  return made.policy
}

const compile = ({ spec }: ValidatingAdmissionPolicy): CompiledPolicy => {
  const { paramKind, matchConditions = [], variables = [], validations = [], auditAnnotations = [] } = spec
  const params = paramKind !== undefined
  const declared = new DeclaredVariables()
  const full = admissionEnvironment({ params, authorizer: true, variables: declared })
  const message = admissionEnvironment({ params, authorizer: false, variables: declared })
  const compiledVariables = new Map<string, CompiledExpression>()
  for (const { name, expression } of variables) {
    const compiled = compileExpression(expression, full)
    declared.add(name, compiled.program?.type)
    compiledVariables.set(name, compiled)
  }
  return {
    conditions: compileMatchConditions(matchConditions, { params }),
    variables: compiledVariables,
    validations: validations.map((one) => ({
      ...one,
      compiled: compileExpression(one.expression, full, [boolType]),
      compiledMessage: one.messageExpression ? compileExpression(one.messageExpression, message, [stringType]) : undefined,
    })),
    annotations: auditAnnotations.map((one) => ({
      ...one,
      compiled: compileExpression(one.valueExpression, full, [stringType, nullType]),
    })),
  }
}

/** Of a policy all requests are meant but by rules; of a binding all that the policy means. */
export const criteriaOf = (resources: MatchResources): MatchCriteria => {
  const { resourceRules = [], excludeResourceRules, matchPolicy, namespaceSelector = {}, objectSelector = {} } = resources
  return {
    rules: resourceRules.length > 0 ? resourceRules : undefined,
    excludeRules: excludeResourceRules,
    matchPolicy,
    namespaceSelector: labelSelectorMatcher(namespaceSelector),
    objectSelector: labelSelectorMatcher(objectSelector),
  }
}
