import { type FieldError, forbiddenField, invalidValue } from '../../meta/field-error.ts'
import { isEmbedded } from '../../meta/structural/structural.ts'
import { saturated } from '../cost/estimate.ts'
import { estimateCost } from '../estimate-cost.ts'
import { type CompiledExpression, compiledRules } from './compile-rules.ts'
import { hintsOf } from './declared-environment.ts'
import { declaredType, mostInRequest } from './declared-type.ts'
import { additionalSchema, type CelSchema, hasRules, isCorrelatable, type Rule } from './schema.ts'

/** Upstream's limits of what a rule, and all rules of one schema, may be estimated to cost. */
const ruleLimit = 10_000_000n
const schemaLimit = 100_000_000n

interface Place {
  readonly path: string
  readonly schema: CelSchema
  readonly isResource: boolean
  /** How often a rule here runs at the most; undefined: nothing bounds it but the request. */
  readonly cardinality: bigint | undefined
  /** Where it begins that nobody can tell which value was which before; undefined: everybody can. */
  readonly uncorrelatable: string | undefined
}

interface Expensive {
  readonly path: string
  readonly cost: bigint
}

/**
 * What is wrong with the expressions of a schema that is right otherwise: do they compile, are they cheap enough. `path` is that of
 * the schema, `….openAPIV3Schema`. Rules of what `isAccepted` once may cost more each, not all together. Expressions on what is `wrong`
 * otherwise, which are paths of errors, are not looked at: they would say nothing that anybody could act on.
 */
export const checkRules = (
  path: string,
  schema: CelSchema,
  { isAccepted, wrong = [] }: { isAccepted: boolean; wrong?: readonly string[] },
): FieldError[] => {
  const check = new RuleCheck(isAccepted, hasRules(schema) ? aboveAny(wrong) : new Set())
  check.visit({ path, schema, isResource: true, cardinality: 1n, uncorrelatable: undefined })
  return check.finish(path)
}

const aboveAny = (paths: readonly string[]): ReadonlySet<string> => {
  const above = new Set<string>()
  for (const path of paths) for (let at = path.indexOf('.'); at >= 0; at = path.indexOf('.', at + 1)) above.add(path.slice(0, at))
  return above
}

const times = (a: bigint, b: bigint): bigint => saturated(a * b)
const atLeastZero = (count: number | bigint): bigint => (count > 0 ? BigInt(count) : 0n)

class RuleCheck {
  readonly #errors: FieldError[] = []
  readonly #expensive: Expensive[] = []
  readonly #isAccepted: boolean
  /** Paths of schemas in which something is wrong. */
  readonly #wrong: ReadonlySet<string>
  #total = 0n

  constructor(isAccepted: boolean, wrong: ReadonlySet<string>) {
    this.#isAccepted = isAccepted
    this.#wrong = wrong
  }

  /** Errors of what is below stand before those of what is above, as upstream's. */
  visit(place: Place): void {
    const { schema, path } = place
    if (!hasRules(schema)) return
    const cardinality = multiplied(place)
    const below = (name: string, part: CelSchema, uncorrelatable: string | undefined) =>
      this.visit({ path: `${path}.${name}`, schema: part, isResource: isEmbedded(part), cardinality, uncorrelatable })
    const uncorrelated = place.uncorrelatable ?? path
    const additional = additionalSchema(schema)
    if (additional) below('additionalProperties', additional, place.uncorrelatable)
    const ofFields = isCorrelatable(schema) ? place.uncorrelatable : uncorrelated
    for (const [name, property] of Object.entries(schema.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      below(`properties[${name}]`, property, ofFields)
    }
    const ofItems = schema['x-kubernetes-list-type'] === 'map' ? place.uncorrelatable : uncorrelated
    if (schema.items) below('items', schema.items, ofItems)
    this.#check(place)
  }

  finish(path: string): FieldError[] {
    if (this.#total <= schemaLimit) return this.#errors
    this.#expensive.sort((a, b) => (a.cost > b.cost ? -1 : a.cost < b.cost ? 1 : 0))
    return [
      ...this.#errors,
      ...this.#expensive
        .slice(0, 4)
        .map((one) =>
          forbiddenField(one.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'),
        ),
      forbiddenField(
        path,
        tooExpensive('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.#total, schemaLimit),
      ),
    ]
  }

  #check({ path, schema, isResource, cardinality, uncorrelatable }: Place): void {
    if (!schema['x-kubernetes-validations']?.length || this.#wrong.has(path)) return
    const declared = declaredType(schema, isResource)
    const rules = compiledRules(schema, isResource)
    if (!declared || !rules) {
      this.#errors.push({
        type: 'InternalError',
        field: `${path}.x-kubernetes-validations`,
        message:
          'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
      })
      return
    }
    const costOf = (expression: CompiledExpression | undefined) =>
      expression?.program ? estimateCost(expression.program, hintsOf(declared)).max : 0n
    for (const [index, { rule, expression, message, usesOldSelf }] of rules.entries()) {
      const at = `${path}.x-kubernetes-validations[${index}]`
      const refuse = (name: string, value: unknown, why: string) => this.#errors.push(invalidValue(`${at}.${name}`, value, why))
      this.#observe(`${at}.rule`, 'estimated rule cost', times(costOf(expression), cardinality ?? mostInRequest(declared)))
      if (expression?.error !== undefined) refuse('rule', shownRule(rule), expression.error)
      if (message?.error !== undefined) refuse('messageExpression', shownRule(rule), message.error)
      else if (message) this.#observe(`${at}.messageExpression`, 'estimated messageExpression cost', costOf(message))
      if (usesOldSelf && uncorrelatable !== undefined) {
        refuse('rule', rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`)
      }
      if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
        refuse('optionalOldSelf', rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')
      }
    }
  }

  #observe(path: string, name: string, cost: bigint): void {
    if (cost > ruleLimit && !this.#isAccepted) this.#errors.push(forbiddenField(path, tooExpensive(name, cost, ruleLimit)))
    this.#total = saturated(this.#total + cost)
    if (cost >= schemaLimit / 100n) this.#expensive.push({ path, cost })
  }
}

/** How often what is below may stand there. */
const multiplied = ({ schema, cardinality }: Place): bigint | undefined => {
  if (cardinality === undefined) return undefined
  if (schema.type === 'object' && schema.additionalProperties !== undefined)
    return schema.maxProperties === undefined ? undefined : times(cardinality, atLeastZero(schema.maxProperties))
  if (schema.type === 'array') return schema.maxItems === undefined ? undefined : times(cardinality, atLeastZero(schema.maxItems))
  return cardinality
}

const tooExpensive = (name: string, cost: bigint, limit: bigint): string => {
  const factor = Number(cost) / Number(limit)
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  return `${name} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

/** A rule as errors show it: all of upstream's fields, those that say nothing too. */
const shownRule = ({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: Rule) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
})
