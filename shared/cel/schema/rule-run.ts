import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { isJsonObject, type JsonObject } from '../../meta/json-value.ts'
import { type Correlation, KeyedItems } from '../../meta/structural/correlation.ts'
import { isEmbedded } from '../../meta/structural/structural.ts'
import { type Activation, type Allowance, EvaluationError } from '../cel.ts'
import { evaluate } from '../evaluate.ts'
import { Optional } from '../value/value.ts'
import { type CompiledRule, compiledRules } from './compile-rules.ts'
import { declaredType } from './declared-type.ts'
import { escapeName } from './escape.ts'
import { followPath } from './field-path.ts'
import { brokenRule, failureText, messageOf, outOfBudget } from './rule-error.ts'
import { evaluateMessage } from './rule-message.ts'
import { additionalSchema, type CelSchema, hasRules, isCorrelatable, propertySchema, withTypeAndMetadata } from './schema.ts'
import { schemaValue } from './schema-value.ts'

/** Upstream's budget for all rules on one object. */
export const objectBudget = 10_000_000
/** Of what it does not count. */
const uncountedBudget = 1_000_000

export interface RuleInput {
  /** '': a whole object */
  readonly path: string
  /** whether the schema is that of a whole object */
  readonly isResource: boolean
  readonly value: unknown
  /** Undefined: it is new. */
  readonly old?: unknown
  /** Of an update: what has not changed is told, and let pass. */
  readonly correlation?: Correlation | undefined
}

export interface RuleOutcome {
  readonly errors: FieldError[]
  /** What is wrong, but was so before. */
  readonly warnings: FieldError[]
  /** Of the budget; negative: it did not suffice. */
  readonly left: number
}

interface At {
  readonly schema: CelSchema
  readonly isResource: boolean
  readonly path: string
  readonly value: unknown
  readonly old: unknown
  readonly correlation: Correlation | undefined
  /** the nearest around it, where nobody can tell what the value itself was */
  readonly around: Correlation | undefined
}

/** Upstream has no name for what is no field. */
const fieldAt = (path: string) => path || '<nil>'
const child = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

/** Holds a value against the rules of its schema and of all below. */
export const runRules = (schema: CelSchema, input: RuleInput, budget = objectBudget): RuleOutcome => {
  const run = new RuleRun(budget)
  const { path, isResource, value, old, correlation } = input
  run.visit({ schema, path, isResource, value, old, correlation, around: undefined })
  return run.outcome
}

/** One object's run: its budget is shared by all rules. */
class RuleRun {
  readonly #errors: FieldError[] = []
  readonly #warnings: FieldError[] = []
  #budget: number
  readonly #uncounted: Allowance = { left: uncountedBudget }

  constructor(budget: number) {
    this.#budget = budget
  }

  get outcome(): RuleOutcome {
    return { errors: this.#errors, warnings: this.#warnings, left: this.#budget }
  }

  get #spent(): boolean {
    return this.#budget < 0
  }

  visit(at: At): void {
    const { schema, value } = at
    if (value === null || value === undefined || this.#spent || !hasRules(schema)) return
    this.#runRules(at)
    if (Array.isArray(value)) this.#visitItems(value, at)
    else if (isJsonObject(value)) this.#visitFields(value, at)
  }

  #visitItems(values: readonly unknown[], at: At): void {
    const { items } = at.schema
    if (!items || !hasRules(items)) return
    const before = new KeyedItems(at.schema, at.old)
    for (const [index, value] of values.entries()) {
      const ratchet = below(at, (correlation) => correlation.item(index))
      const path = `${at.path}[${index}]`
      this.visit({ schema: items, isResource: isEmbedded(items), path, value, old: before.like(value), ...ratchet })
    }
  }

  #visitFields(object: JsonObject, at: At): void {
    const { schema } = at
    const additional = additionalSchema(schema)
    const before = isCorrelatable(schema) && isJsonObject(at.old) ? at.old : {}
    for (const [name, value] of Object.entries(object)) {
      const old = Object.hasOwn(before, name) ? before[name] : undefined
      const visit = (part: CelSchema, path: string) =>
        this.visit({ schema: part, isResource: isEmbedded(part), path, value, old, ...belowField(at, name) })
      if (additional) visit(additional, `${at.path}[${name}]`)
      const property = propertySchema(schema, name)
      if (property && hasRules(property) && isKnown(name, property, at)) visit(property, child(at.path, name))
    }
  }

  #refuse({ schema, path }: At, detail: string): void {
    this.#errors.push(invalidValue(fieldAt(path), schema.type ?? '', detail))
  }

  #end(at: At): void {
    this.#refuse(at, outOfBudget)
    this.#budget = -1
  }

  #runRules(at: At): void {
    const { value, old, isResource } = at
    const rules = compiledRules(at.schema, isResource)
    if (!rules) {
      this.#refuse(at, 'rule compiler initialization error: failed to convert to declType for CEL validation rules')
      return
    }
    if (rules.length === 0) return
    if (this.#budget <= 0) {
      this.#end(at)
      return
    }
    const schema = isResource ? withTypeAndMetadata(at.schema) : at.schema
    const self = schemaValue(value, schema)
    const oldSelf = old === null || old === undefined ? undefined : schemaValue(old, schema)
    // A message may name it where a rule does.
    const usesOldSelf = rules.some((one) => one.usesOldSelf)
    for (const compiled of rules) {
      const { rule, expression } = compiled
      if (expression?.error !== undefined) this.#refuse(at, `rule compile error: ${expression.error}`)
      if (!expression?.program || (compiled.usesOldSelf && oldSelf === undefined && !rule.optionalOldSelf)) continue
      const given = rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none : new Optional(oldSelf)) : oldSelf
      const activation = compiled.usesOldSelf && given !== undefined ? { self, oldSelf: given } : { self }
      const holds = this.#evaluate(compiled, at, activation)
      if (this.#spent) return
      if (holds !== false) continue
      this.#broken(compiled, at, oldSelf === undefined || !usesOldSelf ? { self } : { self, oldSelf })
      if (this.#spent) return
    }
  }

  /** Undefined: it could not be told, which is an error of its own. */
  #evaluate({ rule, expression }: CompiledRule, at: At, activation: Activation): boolean | undefined {
    try {
      const { value, cost } = evaluate(expression!.program!, activation, { uncounted: this.#uncounted })
      if (!this.#pay(at, cost)) return undefined
      return value === true
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      if (!this.#pay(at, error.cost)) return undefined
      this.#refuse(at, failureText(error, rule))
      if (error.exceeded) this.#budget = -1
      return undefined
    }
  }

  #pay(at: At, cost: number): boolean {
    if (cost > this.#budget) this.#end(at)
    else this.#budget -= cost
    return !this.#spent
  }

  #broken({ rule, usesOldSelf, message }: CompiledRule, at: At, activation: Activation): void {
    const { schema } = at
    const followed = rule.fieldPath ? followPath(rule.fieldPath, schema, true) : undefined
    const path = fieldAt(typeof followed === 'object' ? child(at.path, followed.path) : at.path)
    const add = (error: FieldError) => {
      const unchanged = (at.correlation ?? at.around)?.unchanged() === true
      if (!usesOldSelf && unchanged) this.#warnings.push(error)
      else this.#errors.push(error)
    }
    let detail: string | undefined
    if (message?.program) {
      const outcome = evaluateMessage(message.program, rule.messageExpression!, activation, {
        budget: this.#budget,
        uncounted: this.#uncounted,
      })
      if ('fatal' in outcome) {
        add(invalidValue(path, schema.type ?? '', outcome.fatal))
        this.#budget = -1
        return
      }
      this.#budget -= outcome.cost
      detail = outcome.text
    }
    add(brokenRule(path, schema, { value: at.value, detail: detail ?? messageOf(rule), reason: rule.reason }))
  }
}

/** What expressions can say nothing of is left out with all that is in it. */
const isKnown = (name: string, property: CelSchema, around: At): boolean =>
  declaredType(property, isEmbedded(property)) !== undefined &&
  (escapeName(name) === undefined || declaredType(around.schema, around.isResource) !== undefined)

type Ratchet = Pick<At, 'correlation' | 'around'>

const below = ({ correlation, around }: At, find: (correlation: Correlation) => Correlation | undefined): Ratchet =>
  correlation ? { correlation: find(correlation), around: correlation } : { correlation, around }

/** What an object says it is can't have been otherwise. */
const belowField = (at: At, name: string): Ratchet =>
  at.correlation && !at.around && (name === 'apiVersion' || name === 'kind')
    ? { correlation: undefined, around: undefined }
    : below(at, (correlation) => correlation.field(name))
