import { type FieldError, forbiddenField, invalidValue } from '../../meta/field-error.ts'
import { saturated } from '../cost/estimate.ts'
import { type CompiledExpression, compileRules } from './compile-rules.ts'
import { type DeclaredType, declaredType, mostInRequest } from './declared-type.ts'
import { escapeName } from './escape.ts'
import { additionalSchema, type CelSchema, isEmbedded, type Rule } from './schema.ts'

/** Upstream's limits of what a rule, and all rules of one schema, may be estimated to cost. */
const ruleLimit = 10_000_000n
const schemaLimit = 100_000_000n

interface Place {
  readonly path: string
  readonly schema: CelSchema
  /** Undefined: no rule stands above, or nothing is known here. */
  readonly declared: DeclaredType | undefined
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
 * the schema, `….openAPIV3Schema`.
 */
export const checkRules = (path: string, schema: CelSchema): FieldError[] => {
  const run = new RuleCheck()
  const declared = declaredType(schema, { isRoot: true, name: 'selfType' })
  run.visit({ path, schema, declared, cardinality: 1n, uncorrelatable: undefined })
  return run.finish(path)
}

const times = (a: bigint, b: bigint): bigint => saturated(a * b)

class RuleCheck {
  readonly #errors: FieldError[] = []
  readonly #expensive: Expensive[] = []
  #total = 0n

  /** Errors of what is below stand before those of what is above, as upstream's. */
  visit(place: Place): void {
    const { schema, path, declared } = place
    const cardinality = multiplied(place)
    const additional = additionalSchema(schema)
    if (additional)
      this.visit({
        path: `${path}.additionalProperties`,
        schema: additional,
        declared: declared?.element ?? ownType(additional),
        cardinality,
        uncorrelatable: place.uncorrelatable,
      })
    for (const [name, property] of Object.entries(schema.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const escaped = escapeName(name)
      const known = escaped === undefined ? undefined : declared?.fields?.get(escaped)
      this.visit({
        path: `${path}.properties[${name}]`,
        schema: property,
        declared: known ?? ownType(property),
        cardinality,
        uncorrelatable: isCorrelatable(schema['x-kubernetes-map-type']) ? place.uncorrelatable : (place.uncorrelatable ?? path),
      })
    }
    if (schema.items)
      this.visit({
        path: `${path}.items`,
        schema: schema.items,
        declared: declared?.element ?? ownType(schema.items),
        cardinality,
        uncorrelatable: schema['x-kubernetes-list-type'] === 'map' ? place.uncorrelatable : (place.uncorrelatable ?? path),
      })
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

  #check({ path, schema, declared, cardinality, uncorrelatable }: Place): void {
    const rules = schema['x-kubernetes-validations'] ?? []
    if (!rules.length) return
    if (!declared) {
      this.#errors.push({
        type: 'InternalError',
        field: `${path}.x-kubernetes-validations`,
        message:
          'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations',
      })
      return
    }
    for (const [index, compiled] of compileRules(rules, declared).entries()) {
      const at = `${path}.x-kubernetes-validations[${index}]`
      const { rule, expression, message, usesOldSelf } = compiled
      const cost = times(costOf(expression), cardinality ?? mostInRequest(declared))
      this.#observe(`${at}.rule`, 'estimated rule cost', cost)
      if (expression?.error !== undefined) this.#errors.push(invalidValue(`${at}.rule`, shownRule(rule), expression.error))
      if (message?.error !== undefined) this.#errors.push(invalidValue(`${at}.messageExpression`, shownRule(rule), message.error))
      else if (message) this.#observe(`${at}.messageExpression`, 'estimated messageExpression cost', costOf(message))
      if (usesOldSelf && uncorrelatable !== undefined)
        this.#errors.push(
          invalidValue(
            `${at}.rule`,
            rule.rule,
            `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`,
          ),
        )
      if (!usesOldSelf && rule.optionalOldSelf !== undefined)
        this.#errors.push(
          invalidValue(`${at}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'),
        )
    }
  }

  #observe(path: string, name: string, cost: bigint): void {
    if (cost > ruleLimit) this.#errors.push(forbiddenField(path, tooExpensive(name, cost, ruleLimit)))
    this.#total = saturated(this.#total + cost)
    if (cost >= schemaLimit / 100n) this.#expensive.push({ path, cost })
  }
}

const costOf = (expression: CompiledExpression | undefined): bigint => (expression?.program ? expression.maxCost : 0n)

const isCorrelatable = (mapType: string | undefined): boolean =>
  mapType === undefined || mapType === 'granular' || mapType === 'atomic'

const ownType = (schema: CelSchema): DeclaredType | undefined =>
  declaredType(schema, { isRoot: isEmbedded(schema), name: 'selfType' })

/** How often what is below may stand there. */
const multiplied = ({ schema, cardinality }: Place): bigint | undefined => {
  if (cardinality === undefined) return undefined
  if (schema.type === 'object' && schema.additionalProperties !== undefined)
    return schema.maxProperties === undefined ? undefined : times(cardinality, BigInt(Math.max(0, schema.maxProperties)))
  if (schema.type === 'array')
    return schema.maxItems === undefined ? undefined : times(cardinality, BigInt(Math.max(0, schema.maxItems)))
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
