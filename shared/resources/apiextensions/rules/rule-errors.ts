import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import { somewhere } from '../../../meta/structural/somewhere.ts'
import type { Structural } from '../../../meta/structural/structural.ts'
import { additionalSchemaOf, type JsonSchema } from '../json-schema.ts'
import { compiledRules, type Rule } from './compiled-rule.ts'

export const hasRules = somewhere((schema: Structural) => ((schema as JsonSchema)['x-kubernetes-validations']?.length ?? 0) > 0)

/** What is wrong with the expressions of a schema, which is valid otherwise. */
export const validateRules = (path: string, schema: JsonSchema): FieldError[] => validateAt(path, schema, { isRoot: true })

interface Here {
  readonly isRoot?: boolean
  /** within it nobody can tell what a value was before */
  readonly uncorrelated?: string | undefined
}

const validateAt = (path: string, schema: JsonSchema, here: Here): FieldError[] => {
  if (!hasRules(schema as Structural)) return []
  const isResource = here.isRoot || schema['x-kubernetes-embedded-resource'] === true
  const errors = compiledRules(schema, isResource).flatMap((one, index): FieldError[] => {
    const at = `${path}.x-kubernetes-validations[${index}]`
    const { rule, error, messageError, usesOldSelf } = one
    if (error !== undefined) return [invalidValue(`${at}.rule`, goRule(rule), error)]
    const found = messageError === undefined ? [] : [invalidValue(`${at}.messageExpression`, goRule(rule), messageError)]
    if (usesOldSelf && here.uncorrelated !== undefined) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${here.uncorrelated}`
      found.push(invalidValue(`${at}.rule`, rule.rule, why))
    } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
      const why = 'may not be set if oldSelf is not used in rule'
      found.push(invalidValue(`${at}.optionalOldSelf`, rule.optionalOldSelf, why))
    }
    return found
  })
  const additional = additionalSchemaOf(schema)
  const { uncorrelated } = here
  if (additional) errors.push(...validateAt(`${path}.additionalProperties`, additional, { uncorrelated }))
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    errors.push(...validateAt(`${path}.properties[${name}]`, field, { uncorrelated }))
  }
  if (schema.items) {
    const ofItems = schema['x-kubernetes-list-type'] === 'map' ? uncorrelated : (uncorrelated ?? path)
    errors.push(...validateAt(`${path}.items`, schema.items, { uncorrelated: ofItems }))
  }
  return errors
}

/** As upstream prints its own type. */
const goRule = ({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: Rule) => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason ?? null,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf ?? null,
})
