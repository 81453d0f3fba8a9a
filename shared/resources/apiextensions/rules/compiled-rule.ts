import { compile } from '../../../cel/compile.ts'
import { createEnvironment, type Environment } from '../../../cel/environment.ts'
import type { Program } from '../../../cel/program.ts'
import { boolType, type CelType, optionalOf, stringType } from '../../../cel/type.ts'
import type { JsonSchema } from '../json-schema.ts'
import { followPath } from '../schema/field-path.ts'
import { declaredType } from './declared-type.ts'

export type Rule = NonNullable<JsonSchema['x-kubernetes-validations']>[number]

export interface CompiledRule {
  readonly rule: Rule
  /** undefined: `error` says why */
  readonly program?: Program | undefined
  readonly error?: string | undefined
  readonly message?: Program | undefined
  readonly messageError?: string | undefined
  readonly usesOldSelf: boolean
  /** below what the rule is of: `spec.size` */
  readonly path?: string | undefined
}

const ofResources = new WeakMap<JsonSchema, readonly CompiledRule[]>()
const ofParts = new WeakMap<JsonSchema, readonly CompiledRule[]>()

/** The rules of a schema itself, compiled when they are first asked for. */
export const compiledRules = (schema: JsonSchema, isResource: boolean): readonly CompiledRule[] => {
  const kept = isResource ? ofResources : ofParts
  const known = kept.get(schema)
  if (known) return known
  const made = compileAll(schema, isResource)
  kept.set(schema, made)
  return made
}

const compileAll = (schema: JsonSchema, isResource: boolean): CompiledRule[] => {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  const declared = declaredType(schema, isResource)
  if (!declared) {
    const error = 'failed to retrieve type information for x-kubernetes-validations'
    return rules.map((rule) => ({ rule, usesOldSelf: false, error }))
  }
  const { type, structs } = declared
  const environmentWith = (old: CelType) => createEnvironment({ variables: { self: type, oldSelf: old }, structs })
  const [plain, optional] = [environmentWith(type), environmentWith(optionalOf(type))]
  return rules.map((rule) => compileOne(rule, { schema, environment: rule.optionalOldSelf ? optional : plain }))
}

const compileOne = (rule: Rule, { schema, environment }: { schema: JsonSchema; environment: Environment }): CompiledRule => {
  const compiled = compileTo(rule.rule, environment, { type: boolType, wrong: 'cel expression must evaluate to a bool' })
  if (typeof compiled === 'string') return { rule, usesOldSelf: false, error: prefixed('compilation failed: ', compiled) }
  const usesOldSelf = [...compiled.checked.references.values()].some(({ name }) => name === 'oldSelf')
  const followed = rule.fieldPath ? followPath(rule.fieldPath, schema, true) : undefined
  const path = typeof followed === 'object' ? followed.path : undefined
  if (!rule.messageExpression) return { rule, program: compiled, usesOldSelf, path }
  const wrong = 'messageExpression must evaluate to a string'
  const message = compileTo(rule.messageExpression, environment, { type: stringType, wrong })
  if (typeof message !== 'string') return { rule, program: compiled, usesOldSelf, path, message }
  return { rule, program: compiled, usesOldSelf, path, messageError: prefixed('messageExpression compilation failed: ', message) }
}

const prefixed = (prefix: string, text: string) => (text.startsWith('ERROR:') ? prefix + text : text)

const compileTo = (expression: string, environment: Environment, { type, wrong }: { type: CelType; wrong: string }) => {
  try {
    const program = compile(expression, environment)
    return program.type === type ? program : wrong
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name === 'CompileError') return error.message
    if (error.name === 'PlanError' || error.constructor.name === 'PlanError')
      return `program instantiation failed: ${error.message}`
    throw error
  }
}
