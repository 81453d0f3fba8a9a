import { compile } from '../compile.ts'
import { createEnvironment, type Environment } from '../environment.ts'
import { PlanError } from '../evaluate/plan.ts'
import { CompileError } from '../issue.ts'
import type { Program } from '../program.ts'
import { optionalOf } from '../type.ts'
import { selfTypeOf, structsOf } from './declared-environment.ts'
import { type DeclaredType, declaredType } from './declared-type.ts'
import { type CelSchema, keptWithSchema, type Rule } from './schema.ts'

/** One of two expressions of a rule: ready, or what is wrong with it in upstream's words. */
export type CompiledExpression =
  | { readonly program: Program; readonly error?: undefined }
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

/** The rules of a schema itself, compiled when they are first asked for. Undefined: expressions can say nothing of its values. */
export const compiledRules: (schema: CelSchema, isResource: boolean) => readonly CompiledRule[] | undefined = keptWithSchema(
  (schema, isResource) => {
    const rules = schema['x-kubernetes-validations'] ?? []
    return rules.length === 0 ? [] : compileAll(rules, declaredType(schema, isResource))
  },
)

const compileAll = (rules: readonly Rule[], declared: DeclaredType | undefined): CompiledRule[] | undefined => {
  if (!declared) return undefined
  const structs = structsOf(declared)
  const type = selfTypeOf(declared)
  const plain = createEnvironment({ structs, variables: { self: type, oldSelf: type } })
  const optional = createEnvironment({ structs, variables: { self: type, oldSelf: optionalOf(type) } })
  return rules.map((rule) => {
    const empty = { rule, expression: undefined, usesOldSelf: false, message: undefined }
    if (rule.rule.trim() === '') return empty
    const environment = rule.optionalOldSelf ? optional : plain
    const expression = ready(rule.rule, environment, { type: 'bool', named: '' })
    if (!expression.program) return { ...empty, expression }
    const message = rule.messageExpression
      ? ready(rule.messageExpression, environment, { type: 'string', named: 'messageExpression ' })
      : undefined
    return { rule, expression, usesOldSelf: namesOldSelf(expression.program), message }
  })
}

const ready = (text: string, environment: Environment, { type, named }: Wanted): CompiledExpression => {
  try {
    const program = compile(text, environment)
    return program.type.kind !== type || program.type.nullable ? { error: wrongType[type] } : { program }
  } catch (error) {
    if (error instanceof CompileError) return { error: `${named}compilation failed: ${error.message}` }
    if (error instanceof PlanError) return { error: `${named || 'program '}instantiation failed: ${error.message}` }
    throw error
  }
}

const namesOldSelf = ({ checked }: Program): boolean => [...checked.references.values()].some(({ name }) => name === 'oldSelf')
