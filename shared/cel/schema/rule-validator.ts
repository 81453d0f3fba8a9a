import type { FieldError } from '../../meta/field-error.ts'
import { duplicateValue, forbiddenField, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { type Activation, EvaluationError } from '../cel.ts'
import { evaluate } from '../evaluate.ts'
import { Optional } from '../value/value.ts'
import { type CompiledRule, compileRules } from './compile-rules.ts'
import { type DeclaredType, declaredType } from './declared-type.ts'
import { escapeName } from './escape.ts'
import { evaluateMessage } from './rule-message.ts'
import { additionalSchema, type CelSchema, isEmbedded, type Rule, withTypeAndMetadata } from './schema.ts'
import { schemaValue } from './schema-value.ts'

/** Upstream's budget for all rules on one object. */
export const objectBudget = 10_000_000

/** What a value was before an update; undefined where nobody can tell. */
export interface Ratchet {
  unchanged(): boolean
  field(name: string): Ratchet | undefined
  item(index: number): Ratchet | undefined
}

export interface RuleInput {
  readonly path: string
  readonly value: unknown
  /** Undefined: it is new, or what it was can't be told. */
  readonly old?: unknown
  readonly ratchet?: Ratchet | undefined
}

export interface RuleOutcome {
  readonly errors: FieldError[]
  /** What is wrong, but was so before: told, and let pass. */
  readonly warnings: FieldError[]
}

/** Runs the rules of a schema and all below it. */
export interface RuleValidator {
  validate(input: RuleInput, budget?: number): RuleOutcome
}

/** Where a rule's fieldPath leads in its schema, as errors name it; undefined: nowhere. */
export type FollowPath = (fieldPath: string, schema: CelSchema) => string | undefined

export interface RuleValidatorOptions {
  readonly isResourceRoot: boolean
  readonly followPath?: FollowPath
}

interface Node {
  readonly schema: CelSchema
  readonly isResourceRoot: boolean
  readonly typed: boolean
  readonly rules: readonly CompiledRule[]
  readonly items: Node | undefined
  readonly properties: ReadonlyMap<string, Node>
  readonly additional: Node | undefined
  readonly allOf: readonly Node[]
}

const selfName = 'selfType'

/** Undefined: no rule stands anywhere in it. Keep it with the schema: it compiles all rules at once. */
export const createRuleValidator = (schema: CelSchema, options: RuleValidatorOptions): RuleValidator | undefined => {
  if (!hasRules(schema)) return undefined
  const declared = declaredType(schema, { isRoot: options.isResourceRoot, name: selfName })
  const node = nodeOf(schema, schema, options.isResourceRoot, declared)
  return node && { validate: (input, budget = objectBudget) => new Run(budget, options.followPath).validate(node, input) }
}

const hasRules = (schema: CelSchema | undefined): boolean =>
  schema !== undefined &&
  ((schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
    hasRules(schema.items) ||
    hasRules(additionalSchema(schema)) ||
    Object.values(schema.properties ?? {}).some(hasRules))

/** `rules` is where rules stand, which in allOf is not where values are described. */
const nodeOf = (
  rules: CelSchema,
  schema: CelSchema,
  isResourceRoot: boolean,
  declared: DeclaredType | undefined,
): Node | undefined => {
  const own = rules['x-kubernetes-validations'] ?? []
  const items =
    rules.items && schema.items ? nodeOf(rules.items, schema.items, isEmbedded(schema.items), declared?.element) : undefined
  const additionalRules = additionalSchema(rules)
  const values = additionalSchema(schema)
  const additional =
    additionalRules && values ? nodeOf(additionalRules, values, isEmbedded(values), declared?.element) : undefined
  const properties = new Map<string, Node>()
  for (const [name, below] of Object.entries(rules.properties ?? {})) {
    const property = schema.properties?.[name]
    const type = property && fieldType(name, property, declared)
    const node = type && nodeOf(below, property, isEmbedded(property), type)
    if (node) properties.set(name, node)
  }
  const allOf = (rules.allOf ?? []).flatMap((one) => nodeOf(one, schema, isResourceRoot, declared) ?? [])
  if (!own.length && !items && !additional && !properties.size && !allOf.length) return undefined
  const compiled = declared ? compileRules(own, declared) : []
  return {
    schema,
    isResourceRoot,
    typed: declared !== undefined || !own.length,
    rules: compiled,
    items,
    properties,
    additional,
    allOf,
  }
}

const fieldType = (name: string, schema: CelSchema, parent: DeclaredType | undefined): DeclaredType | undefined => {
  const escaped = escapeName(name)
  return escaped === undefined
    ? declaredType(schema, { isRoot: isEmbedded(schema), name: selfName })
    : parent?.fields?.get(escaped)
}

interface Ratchets {
  readonly current?: Ratchet | undefined
  readonly parent?: Ratchet | undefined
}

const below = (ratchets: Ratchets, find: (current: Ratchet) => Ratchet | undefined): Ratchets =>
  ratchets.current ? { current: find(ratchets.current), parent: ratchets.current } : ratchets

const belowField = (ratchets: Ratchets, name: string): Ratchets =>
  ratchets.current && !ratchets.parent && (name === 'apiVersion' || name === 'kind')
    ? {}
    : below(ratchets, (current) => current.field(name))

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const child = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

/** One object's run: its budget is shared by all rules. */
class Run {
  readonly #errors: FieldError[] = []
  readonly #warnings: FieldError[] = []
  readonly #followPath: FollowPath | undefined
  #budget: number

  constructor(budget: number, followPath: FollowPath | undefined) {
    this.#budget = budget
    this.#followPath = followPath
  }

  validate(node: Node, { path, value, old, ratchet }: RuleInput): RuleOutcome {
    this.#visit(node, { path, value, old }, { current: ratchet })
    return { errors: this.#errors, warnings: this.#warnings }
  }

  get #spent(): boolean {
    return this.#budget < 0
  }

  #visit(node: Node, at: Omit<RuleInput, 'ratchet'>, ratchets: Ratchets): void {
    const { value } = at
    if (value === null || value === undefined || this.#spent) return
    this.#runRules(node, at, ratchets)
    for (const one of node.allOf) this.#visit(one, at, { parent: ratchets.parent })
    if (Array.isArray(value)) this.#visitItems(node, value, at, ratchets)
    else if (isObject(value)) this.#visitFields(node, value, at, ratchets)
  }

  #visitItems(
    { schema, items }: Node,
    value: readonly unknown[],
    { path, old }: Omit<RuleInput, 'ratchet'>,
    ratchets: Ratchets,
  ): void {
    if (!items) return
    const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : []
    const known = new Map<string, unknown>()
    if (keys.length && Array.isArray(old))
      for (const one of old) {
        const key = keyOf(one, keys)
        if (key !== undefined && !known.has(key)) known.set(key, one)
      }
    for (const [index, item] of value.entries()) {
      const key = keyOf(item, keys)
      const before = key === undefined ? undefined : known.get(key)
      this.#visit(
        items,
        { path: `${path}[${index}]`, value: item, old: before },
        below(ratchets, (current) => current.item(index)),
      )
    }
  }

  #visitFields(
    node: Node,
    value: Readonly<Record<string, unknown>>,
    { path, old }: Omit<RuleInput, 'ratchet'>,
    ratchets: Ratchets,
  ): void {
    const mapType = node.schema['x-kubernetes-map-type']
    const correlatable = mapType === undefined || mapType === 'granular' || mapType === 'atomic'
    const before = (name: string) => (correlatable && isObject(old) && Object.hasOwn(old, name) ? old[name] : undefined)
    for (const [name, field] of Object.entries(value)) {
      const next = belowField(ratchets, name)
      if (node.additional) this.#visit(node.additional, { path: `${path}[${name}]`, value: field, old: before(name) }, next)
      const property = node.properties.get(name)
      if (property) this.#visit(property, { path: child(path, name), value: field, old: before(name) }, next)
    }
  }

  #refuse(node: Node, path: string, detail: string): void {
    this.#errors.push(invalidValue(path, node.schema.type ?? '', detail))
  }

  #runRules(node: Node, { path, value, old }: Omit<RuleInput, 'ratchet'>, ratchets: Ratchets): void {
    if (!node.typed) {
      this.#refuse(node, path, 'rule compiler initialization error: failed to convert to declType for CEL validation rules')
      return
    }
    if (!node.rules.length) return
    if (this.#budget <= 0) {
      this.#refuse(node, path, outOfBudget)
      this.#budget = -1
      return
    }
    const schema = node.isResourceRoot ? withTypeAndMetadata(node.schema) : node.schema
    const hasOld = old !== null && old !== undefined
    const self = schemaValue(value, schema)
    const oldSelf = hasOld ? schemaValue(old, schema) : undefined
    // A message may name it where a rule does.
    const usesOldSelf = node.rules.some((one) => one.usesOldSelf)
    for (const compiled of node.rules) {
      const { rule, expression } = compiled
      if (expression?.error !== undefined) this.#refuse(node, path, `rule compile error: ${expression.error}`)
      if (!expression?.program || (compiled.usesOldSelf && !hasOld && !rule.optionalOldSelf)) continue
      const given = rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none : new Optional(oldSelf)) : oldSelf
      const activation = compiled.usesOldSelf && given !== undefined ? { self, oldSelf: given } : { self }
      const holds = this.#evaluate(node, compiled, path, activation)
      if (this.#spent) return
      if (holds !== false) continue
      const plain: Activation = oldSelf === undefined || !usesOldSelf ? { self } : { self, oldSelf }
      this.#broken(node, { compiled, path, value, activation: plain }, ratchets)
      if (this.#spent) return
    }
  }

  /** Undefined: it could not be told, which is an error of its own. */
  #evaluate(node: Node, { rule, expression }: CompiledRule, path: string, activation: Activation): boolean | undefined {
    const shown = ruleText(rule)
    try {
      const { value, cost } = evaluate(expression!.program!, activation)
      if (!this.#pay(node, path, cost)) return undefined
      return value === true
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      if (!this.#pay(node, path, error.cost)) return undefined
      if (error.message.startsWith('no such overload')) {
        this.#refuse(
          node,
          path,
          `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`,
        )
      } else if (error.exceeded) {
        this.#refuse(
          node,
          path,
          `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`,
        )
        this.#budget = -1
      } else this.#refuse(node, path, `${error.message} evaluating rule: ${shown}`)
      return undefined
    }
  }

  #pay(node: Node, path: string, cost: number): boolean {
    if (cost > this.#budget) {
      this.#refuse(node, path, outOfBudget)
      this.#budget = -1
      return false
    }
    this.#budget -= cost
    return true
  }

  #broken(
    node: Node,
    { compiled, path, value, activation }: { compiled: CompiledRule; path: string; value: unknown; activation: Activation },
    ratchets: Ratchets,
  ): void {
    const { rule, usesOldSelf, message } = compiled
    const followed = rule.fieldPath ? this.#followPath?.(rule.fieldPath, node.schema) : undefined
    const at = followed ? child(path, followed) : path
    const add = (error: FieldError) => {
      const unchanged = (ratchets.current ?? ratchets.parent)?.unchanged() ?? false
      if (!usesOldSelf && unchanged) this.#warnings.push(error)
      else this.#errors.push(error)
    }
    let detail: string | undefined
    if (message?.program) {
      const outcome = evaluateMessage(message.program, rule.messageExpression!, activation, this.#budget)
      if ('fatal' in outcome) {
        add(invalidValue(at, node.schema.type ?? '', outcome.fatal))
        this.#budget = -1
        return
      }
      this.#budget -= outcome.cost
      detail = outcome.text
    }
    detail ??= rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`
    add(brokenRule(at, node.schema, { value, detail, reason: rule.reason }))
  }
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run'

const ruleText = ({ rule, message }: Rule): string => (message ? message : rule).trim()

/** Undefined: it has not all of the keys. */
const keyOf = (item: unknown, keys: readonly string[]): string | undefined => {
  if (!keys.length || !isObject(item)) return undefined
  const values = keys.map((key) => (Object.hasOwn(item, key) ? item[key] : undefined))
  const scalars = values.every((value) => ['string', 'number', 'bigint', 'boolean'].includes(typeof value))
  return scalars ? JSON.stringify(values) : undefined
}

/** Objects and lists are not shown. */
const brokenRule = (
  path: string,
  { type }: CelSchema,
  { value, detail, reason }: { value: unknown; detail: string; reason: string | undefined },
): FieldError => {
  const hidden = type === 'object' || type === 'array'
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, detail)
    case 'FieldValueRequired':
      return requiredValue(path, detail)
    case 'FieldValueDuplicate':
      return hidden ? { type: 'FieldValueDuplicate', field: path, message: 'Duplicate value' } : duplicateValue(path, value)
  }
  return hidden
    ? { type: 'FieldValueInvalid', field: path, message: `Invalid value${detail ? `: ${detail}` : ''}` }
    : invalidValue(path, value, detail)
}
