import type { Schema, SchemaTable } from './schema.ts'

/**
 * Writes into an object what Go's encoding would, though nothing was said: structs as {}, times and lists without omitempty as null,
 * numbers as 0. Defaults have to see what was said, so it comes after them; validation and storage see what Go's would. In place.
 */
export const complete = (object: object, typeName: string, schemas: SchemaTable): void => {
  fill(object as Fields, planOf(typeName, schemas))
}

/** Runs what has to see an object complete, and leaves it as it was, for those who still have to see what was said. */
export const whileComplete = <T>(
  object: object,
  { typeName, schemas }: { typeName: string; schemas: SchemaTable },
  run: () => T,
): T => {
  const filled: Filled[] = []
  fill(object as Fields, planOf(typeName, schemas), filled)
  try {
    return run()
  } finally {
    for (const [fields, name, before] of filled.reverse()) {
      if (before === undefined) delete fields[name]
      else fields[name] = before
    }
  }
}

/** What was filled where, and what stood there. */
type Filled = readonly [fields: Fields, name: string, before: unknown]

type Fields = Record<string, unknown>

/** What of a type is to be filled, and where it leads to more. */
interface Plan {
  readonly zeros: (readonly [name: string, zero: unknown, of: Plan | undefined, emptyIsZero: boolean])[]
  readonly below: (readonly [name: string, Plan, isMap: boolean])[]
}

const tables = new WeakMap<SchemaTable, Map<string, Plan>>()

const planOf = (typeName: string, schemas: SchemaTable): Plan => {
  let plans = tables.get(schemas)
  if (!plans) {
    plans = new Map()
    tables.set(schemas, plans)
  }
  const known = plans.get(typeName)
  if (known) return known
  const plan: Plan = { zeros: [], below: [] }
  // Before its fields: a type may contain itself.
  plans.set(typeName, plan)
  const { properties = {}, zeros = {}, required } = schemas[typeName] ?? {}
  for (const [name, field] of Object.entries(properties)) {
    const type = structOf(field)
    const inner = type === undefined ? undefined : planOf(type, schemas)
    // Validation says what it thinks of an empty list where there must be something.
    const emptyIsZero = isCollection(field) && !required?.includes(name)
    if (name in zeros) plan.zeros.push([name, zeros[name], inner, emptyIsZero])
    if (inner && !isDone(inner)) plan.below.push([name, inner, field.additionalProperties !== undefined])
  }
  return plan
}

/** A plan that is still being made, of a type that contains itself, is empty too: those types have no zeros. */
const isDone = ({ zeros, below }: Plan) => zeros.length === 0 && below.length === 0

const isCollection = ({ type, additionalProperties }: Schema) => type === 'array' || additionalProperties !== undefined

/** The struct that stands in a field, its list or its map. */
const structOf = ({ ref, items, additionalProperties }: Schema): string | undefined => {
  if (ref !== undefined) return ref
  const inner = items ?? additionalProperties
  return inner && structOf(inner)
}

const fill = (object: Fields, plan: Plan, filled?: Filled[]): void => {
  for (const [name, zero, of, emptyIsZero] of plan.zeros) {
    const value = object[name]
    if (value === undefined || value === null || (emptyIsZero && isEmpty(value))) {
      filled?.push([object, name, value])
      object[name] = zeroOf(zero, of)
    }
  }
  for (const [name, inner, isMap] of plan.below) {
    const value = object[name]
    fillAll(isMap && typeof value === 'object' && value !== null ? Object.values(value) : value, inner, filled)
  }
}

const fillAll = (value: unknown, plan: Plan, filled?: Filled[]): void => {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const item of value) fillAll(item, plan, filled)
  else fill(value as Fields, plan, filled)
}

const zeroOf = (zero: unknown, of: Plan | undefined): unknown => {
  if (typeof zero !== 'object' || zero === null) return zero
  const object: Fields = {}
  if (of) fill(object, of)
  return object
}

/** Empty and missing are stored as the same. */
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0
