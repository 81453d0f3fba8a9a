import { EvaluationError, perCallLimit } from '../../../cel/cel.ts'
import { evaluate } from '../../../cel/evaluate.ts'
import { type CelValue, Optional } from '../../../cel/value/value.ts'
import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { isJsonObject } from '../../../meta/json-value.ts'
import { propertyOf, type Structural } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { type Correlation, correlatedField, correlatedItem, isUnchanged } from '../value/correlation.ts'
import { child } from '../value/embedded-validation.ts'
import { type CompiledRule, compiledRules, type Rule } from './compiled-rule.ts'
import { hasRules } from './rule-errors.ts'
import { schemaValue } from './schema-value.ts'

/** of all rules of an object together */
const budget = 10_000_000
const longestMessageBytes = 5 * 1024

interface Place {
  readonly schema: JsonSchema
  readonly path: string
  readonly value: unknown
  /** undefined: there was nothing, or nobody can tell what */
  readonly old: unknown
  readonly correlation: Correlation | undefined
  /** the nearest around it of which it can be told */
  readonly around: Correlation | undefined
  readonly isResource: boolean
}

const blocking: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])

/** What rules find wrong with an object, behind what was `found` without them: of an object that is not what its schema says they can't speak. */
export const checkRules = (
  schema: JsonSchema | undefined,
  { value, old, found }: { value: unknown; old: unknown; found: readonly FieldError[] },
): FieldError[] => {
  if (!schema || !hasRules(schema as Structural)) return []
  if (found.some(({ type }) => blocking.has(type))) {
    const why =
      'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'
    return [invalidValue('<nil>', null, why)]
  }
  const run = new Run()
  const correlation = old === undefined ? undefined : { schema, value, old }
  run.check({ schema, path: '', value, old, correlation, around: undefined, isResource: true })
  return run.errors
}

class Run {
  readonly errors: FieldError[] = []
  #left = budget

  check(place: Place): void {
    const { schema, value } = place
    if (value === null || value === undefined || this.#left < 0 || !hasRules(schema as Structural)) return
    this.#rules(place)
    if (Array.isArray(value)) this.#items(value, place)
    else if (isJsonObject(value)) this.#fields(value, place)
  }

  #items(values: readonly unknown[], { schema, path, old, correlation, around }: Place): void {
    const { items } = schema
    if (!items) return
    const before = Array.isArray(old) ? { schema, value: values, old } : undefined
    for (const [index, value] of values.entries()) {
      this.check({
        schema: items,
        path: `${path}[${index}]`,
        value,
        old: before && correlatedItem(before, index)?.old,
        correlation: correlation && correlatedItem(correlation, index),
        around: correlation ?? around,
        isResource: items['x-kubernetes-embedded-resource'] === true,
      })
    }
  }

  #fields(object: Readonly<Record<string, unknown>>, { schema, path, old, correlation, around }: Place): void {
    const additional = additionalSchemaOf(schema)
    for (const [name, value] of Object.entries(object)) {
      const field = propertyOf(schema, name) as JsonSchema | undefined
      const part = field ?? additional
      if (!part) continue
      this.check({
        schema: part,
        path: field ? child(path, name) : `${path}[${name}]`,
        value,
        old: isJsonObject(old) && Object.hasOwn(old, name) ? (old[name] ?? undefined) : undefined,
        correlation: correlation && correlatedField(correlation, name),
        around: correlation ?? around,
        isResource: part['x-kubernetes-embedded-resource'] === true,
      })
    }
  }

  #rules(place: Place): void {
    const { schema, path, value, old, isResource } = place
    const rules = compiledRules(schema, isResource)
    if (rules.length === 0) return
    const at = path === '' ? '<nil>' : path
    const type = schema.type ?? ''
    const self = schemaValue(value, schema, isResource)
    const oldSelf = old === undefined ? undefined : schemaValue(old, schema, isResource)
    for (const compiled of rules) {
      const { rule, program, error, usesOldSelf } = compiled
      if (this.#left <= 0) {
        this.#spent(at, type)
        return
      }
      if (!program) this.errors.push(invalidValue(at, type, `rule compile error: ${error}`))
      else if (!usesOldSelf || oldSelf !== undefined || rule.optionalOldSelf) {
        const before = rule.optionalOldSelf ? (oldSelf === undefined ? Optional.none : new Optional(oldSelf)) : oldSelf
        this.#run(compiled, { place, self, before, oldSelf, at })
      }
      if (this.#left < 0) return
    }
  }

  #spent(at: string, type: string): void {
    const why = 'validation failed due to running out of cost budget, no further validation rules will be run'
    this.errors.push(invalidValue(at, type, why))
    this.#left = -1
  }

  #run(
    compiled: CompiledRule,
    {
      place,
      self,
      before,
      oldSelf,
      at,
    }: { place: Place; self: CelValue; before: CelValue | undefined; oldSelf: CelValue | undefined; at: string },
  ): void {
    const { rule, program, usesOldSelf } = compiled
    const type = place.schema.type ?? ''
    try {
      const { value, cost } = evaluate(program!, { self, oldSelf: before }, { costLimit: perCallLimit })
      this.#left -= cost
      if (this.#left < 0) {
        this.#spent(at, type)
        return
      }
      if (value === true) return
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      this.#left -= error.cost
      if (this.#left < 0) {
        this.#spent(at, type)
        return
      }
      this.errors.push(invalidValue(at, type, failureText(error, rule)))
      if (error.exceeded) this.#left = -1
      return
    }
    const path = compiled.path === undefined ? at : child(place.path, compiled.path)
    const detail = this.#message(compiled, { self, oldSelf }) ?? messageOf(rule)
    // What has not changed is not held against who changes something else.
    if (!usesOldSelf && isOld(place)) return
    this.errors.push(errorFor(path, { value: place.value, type, detail, reason: rule.reason }))
  }

  /** Undefined: it can't be told, and the rule's own words are. */
  #message({ message }: CompiledRule, activation: { self: CelValue; oldSelf: CelValue | undefined }): string | undefined {
    if (!message) return undefined
    try {
      const { value, cost } = evaluate(message, activation, { costLimit: Math.min(perCallLimit, Math.max(this.#left, 0)) })
      this.#left -= cost
      const text = typeof value === 'string' ? value.trim() : ''
      return text === '' || /\n/.test(text) || Buffer.byteLength(text) > longestMessageBytes ? undefined : text
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      this.#left -= error.cost
      return undefined
    }
  }
}

const isOld = ({ correlation, around }: Place): boolean => {
  const known = correlation ?? around
  return known !== undefined && isUnchanged(known)
}

const nameOf = ({ rule, message = '' }: Rule) => (message || rule).trim()
const messageOf = (rule: Rule) => (rule.message ? rule.message.trim() : `failed rule: ${nameOf(rule)}`)

const failureText = ({ message, exceeded }: EvaluationError, rule: Rule): string => {
  const name = nameOf(rule)
  if (exceeded) return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${name}`
  if (!message.startsWith('no such overload')) return `${message} evaluating rule: ${name}`
  return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${name}`
}

const errorFor = (
  path: string,
  { value, type, detail, reason }: { value: unknown; type: string; detail: string; reason: string | undefined },
): FieldError => {
  if (reason === 'FieldValueForbidden') return forbiddenField(path, detail)
  if (reason === 'FieldValueRequired') return requiredValue(path, detail)
  const whole = type === 'object' || type === 'array'
  if (reason === 'FieldValueDuplicate')
    return whole ? { ...duplicateValue(path, ''), message: 'Duplicate value' } : duplicateValue(path, value)
  // An object is not shown.
  return whole
    ? { type: 'FieldValueInvalid', field: path, message: `Invalid value: ${detail}` }
    : invalidValue(path, value, detail)
}
