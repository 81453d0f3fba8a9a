import { compile } from '../compile.ts'
import { createEnvironment, type Environment } from '../environment.ts'
import { estimateCost } from '../estimate-cost.ts'
import { PlanError } from '../evaluate/plan.ts'
import { CompileError } from '../issue.ts'
import type { Program } from '../program.ts'
import { optionalOf } from '../type.ts'
import { hintsOf, structsOf } from './declared-environment.ts'
import type { DeclaredType } from './declared-type.ts'
import type { Rule } from './schema.ts'

/** One of two expressions of a rule: ready, or what is wrong with it in upstream's words. */
export type CompiledExpression =
  | { readonly program: Program; readonly maxCost: bigint; readonly error?: undefined }
  | { readonly program?: undefined; readonly error: string }

export interface CompiledRule {
  readonly rule: Rule
  /** Undefined: the rule is empty, and says nothing. */
  readonly expression: CompiledExpression | undefined
  readonly usesOldSelf: boolean
  /** Undefined: there is none, or the rule itself is wrong. */
  readonly message: CompiledExpression | undefined
}

interface Wanted {
  readonly type: 'bool' | 'string'
  /** What messages call it. */
  readonly named: '' | 'messageExpression '
}

const wrongType = { bool: 'cel expression must evaluate to a bool', string: 'messageExpression must evaluate to a string' }

/** Compiles rules of one schema. `declared` is its type. */
export const compileRules = (rules: readonly Rule[], declared: DeclaredType): CompiledRule[] => {
  const hints = hintsOf(declared)
  const structs = structsOf(declared)
  const { type } = declared
  const plain = createEnvironment({ structs, variables: { self: type, oldSelf: type } })
  const optional = createEnvironment({ structs, variables: { self: type, oldSelf: optionalOf(type) } })

  const ready = (text: string, environment: Environment, { type: expected, named }: Wanted): CompiledExpression => {
    try {
      const program = compile(text, environment)
      if (program.type.kind !== expected || program.type.nullable) return { error: wrongType[expected] }
      return { program, maxCost: estimateCost(program, hints).max }
    } catch (error) {
      if (error instanceof CompileError) return { error: `${named}compilation failed: ${error.message}` }
      if (error instanceof PlanError) return { error: `${named || 'program '}instantiation failed: ${error.message}` }
      throw error
    }
  }

  return rules.map((rule) => {
    const empty = { rule, expression: undefined, usesOldSelf: false, message: undefined }
    if (rule.rule.trim() === '') return empty
    const environment = rule.optionalOldSelf ? optional : plain
    const expression = ready(rule.rule, environment, { type: 'bool', named: '' })
    if (!expression.program) return { ...empty, expression, usesOldSelf: namesOldSelf(undefined) }
    const message = rule.messageExpression
      ? ready(rule.messageExpression, environment, { type: 'string', named: 'messageExpression ' })
      : undefined
    return { rule, expression, usesOldSelf: namesOldSelf(expression.program), message }
  })
}

const namesOldSelf = (program: Program | undefined): boolean =>
  [...(program?.checked.references.values() ?? [])].some(({ name }) => name === 'oldSelf')
