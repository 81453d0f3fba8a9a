import { objectBudget, runRules } from '../../../cel/schema/rule-run.ts'
import { DecodeError } from '../../../meta/decode/json.ts'
import { type FieldError, invalidValue } from '../../../meta/field-error.ts'
import { inNameOrder, isJsonObject, sameJson } from '../../../meta/json-value.ts'
import type { SchemaTable } from '../../../meta/schema.ts'
import { conformEmbedded } from '../../../meta/structural/embedded.ts'
import { prune } from '../../../meta/structural/prune.ts'
import { somewhere } from '../../../meta/structural/somewhere.ts'
import { isEmbedded, type Structural, typeAndMetadata } from '../../../meta/structural/structural.ts'
import { loadSchemas } from '../../schemas.ts'
import type { JsonSchema } from '../json-schema.ts'
import { CheckRun } from '../value/check-run.ts'
import { checkValue } from '../value/check-value.ts'
import { validateEmbedded } from '../value/embedded-validation.ts'

/** A value within the object around it, as far as its metadata goes. */
type Surround = (value: unknown) => unknown

interface Place {
  /** of the resource that the value is a part of */
  readonly root: JsonSchema
  readonly around: Surround
  readonly inMetadata: boolean
}

interface Wanted {
  readonly pruned: boolean
  /** what rules may still cost, of all defaults together */
  readonly budget: { left: number }
  readonly run: CheckRun
}

const resource: Surround = (value) => ({ apiVersion: 'validation/v1', kind: 'Validation', ...(isJsonObject(value) ? value : {}) })

const hasDefaults = somewhere((schema) => schema.default !== undefined)

/** Whether what stands for what was not said is itself what the schema wants. `pruned`: it may hold nothing unknown. */
export const validateDefaults = (path: string, schema: JsonSchema, pruned: boolean): FieldError[] => {
  const root: JsonSchema = { ...schema, 'x-kubernetes-embedded-resource': true }
  return validateAt(
    path,
    root,
    { root, around: resource, inMetadata: false },
    { pruned, budget: { left: objectBudget }, run: new CheckRun({ ofDefaults: true }) },
  )
}

const validateAt = (path: string, schema: JsonSchema, place: Place, wanted: Wanted): FieldError[] => {
  if (!hasDefaults(schema as Structural) || wanted.budget.left < 0) return []
  const here: Place = isEmbedded(schema) ? { root: schema, around: resource, inMetadata: false } : place
  const errors = schema.default === undefined ? [] : validateOne(`${path}.default`, schema, here, wanted)
  const below = (name: string, part: JsonSchema, change: Partial<Place>) =>
    errors.push(...validateAt(`${path}.${name}`, part, { ...here, ...change }, wanted))
  // There may be none below additionalProperties of metadata; below others they count for themselves.
  if (schema.items) below('items', schema.items, { around: (value) => here.around([value]) })
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const inMetadata = here.inMetadata || (isEmbedded(schema) && typeAndMetadata.has(name))
    below(`properties[${name}]`, field, { inMetadata, around: (value) => here.around({ [name]: value }) })
  }
  return errors
}

const validateOne = (path: string, schema: JsonSchema, place: Place, wanted: Wanted): FieldError[] => {
  const value = structuredClone(schema.default)
  if (place.inMetadata) {
    const found = metadataFindings(place.around(value), place.root)
    if (found) return [invalidValue(path, inNameOrder(schema.default), `must result in valid metadata: ${found}`)]
    return heldAgainst(schema, value, { path, place, wanted })
  }
  const errors: FieldError[] = []
  if (wanted.pruned) {
    const copy = structuredClone(value)
    prune(copy, schema as Structural, isEmbedded(schema))
    if (!sameJson(copy, schema.default))
      errors.push(invalidValue(path, inNameOrder(schema.default), 'must not have unknown fields'))
  }
  const wrong = typeFinding(path, value, schema)
  if (wrong) return [...errors, wrong]
  const embedded = validateEmbedded(path, value, schema)
  return [...errors, ...(embedded.length > 0 ? embedded : heldAgainst(schema, value, { path, place, wanted }))]
}

/** By what the schema says of values, and if that is right by its rules: as an update that changes nothing, and as something new. */
const heldAgainst = (
  schema: JsonSchema,
  value: unknown,
  { path, place, wanted: { budget, run } }: { path: string; place: Place; wanted: Wanted },
): FieldError[] => {
  const found = checkValue(schema, value, { path, run })
  if (found.length > 0) return found
  const input = { path, value, isResource: schema === place.root }
  const ofUpdate = runRules(schema, { ...input, old: value }, budget.left)
  const ofNew = ofUpdate.errors.length > 0 ? ofUpdate : runRules(schema, input, budget.left)
  budget.left = Math.min(ofUpdate.left, ofNew.left)
  return ofNew.errors
}

const typeFinding = (path: string, value: unknown, schema: JsonSchema): FieldError | undefined => {
  try {
    conformEmbedded(value, schema as Structural, loadSchemas() as SchemaTable)
    return undefined
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const [field = '', ...message] = error.message.split(': ')
    return { type: 'FieldValueInvalid', field: field ? `${path}.${field}` : path, message: message.join(': ') }
  }
}

const metadataFindings = (object: unknown, root: JsonSchema): string | undefined => {
  const asResource: JsonSchema = { ...root, 'x-kubernetes-embedded-resource': true }
  try {
    conformEmbedded(object, asResource as Structural, loadSchemas())
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return error.message
  }
  const errors = validateEmbedded('', object, asResource).map(({ field, message }) => `${field}: ${message}`)
  return errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]
}
