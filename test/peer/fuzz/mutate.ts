import type { Schema } from '../../../shared/meta/schema.ts'
import { type ValueSource, valueFor } from './values.ts'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A place in an object where something may be changed. */
interface Place {
  readonly holder: Json | unknown[]
  readonly name: string | number
  readonly schema: Schema
  /** type that the field is of, for its allowed values */
  readonly type?: string | undefined
  readonly path: string
}

/** Changes an object of a type in one to three places: another value, a field more, one less, one that nobody knows. */
export const mutated = (source: ValueSource, object: object, type: string): object => {
  const copy = structuredClone(object) as Json
  const times = source.random.pick([1, 1, 1, 1, 2, 3])
  for (let index = 0; index < times; index++) mutate(source, copy, type)
  return copy
}

const mutate = (source: ValueSource, object: Json, type: string): void => {
  const { random } = source
  const places = placesOf(source, object, type)
  if (places.length === 0) return
  const { holder, name, schema, type: owner } = random.pick(places)
  const target = holder as Record<string | number, unknown>
  const there = target[name] !== undefined
  const chance = random.next()
  if (there && chance < 0.15) {
    if (Array.isArray(holder)) holder.splice(Number(name), 1)
    else delete target[name]
  } else if (there && Array.isArray(target[name]) && chance < 0.3) {
    const list = target[name] as unknown[]
    list.push(list.length > 0 && random.next() < 0.5 ? structuredClone(list[0]) : valueFor(source, schema.items ?? {}))
  } else if (chance > 0.97 && isObject(target))
    target[random.pick(['unknown', 'Name', 'a.b', '__proto__x'])] = random.pick([1, 'a', {}])
  else
    target[name] = valueFor(source, schema, {
      allowed: owner === undefined ? undefined : source.published[owner]?.fields[String(name)]?.enum,
    })
}

const untouched = new Set(['kind', 'apiVersion', 'managedFields', 'resourceVersion', 'uid', 'creationTimestamp'])

/** Where fields are, and where there could be one. */
const placesOf = (source: ValueSource, object: Json, type: string): Place[] => {
  const places: Place[] = []
  const walk = (value: unknown, schema: Schema, path: string): void => {
    const resolved = schema.ref === undefined ? schema : source.schemas[schema.ref]
    if (!resolved) return
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (resolved.items === undefined) continue
        places.push({ holder: value, name: index, schema: resolved.items, path: `${path}[${index}]` })
        walk(item, resolved.items, `${path}[${index}]`)
      }
      return
    }
    if (!isObject(value)) return
    const properties = resolved.properties ?? {}
    for (const [name, field] of Object.entries(properties)) {
      if (untouched.has(name)) continue
      // what is there is looked at more often than what could be there
      const weight = value[name] === undefined ? 1 : 3
      for (let index = 0; index < weight; index++)
        places.push({ holder: value, name, schema: field, type: schema.ref, path: `${path}.${name}` })
      walk(value[name], field, `${path}.${name}`)
    }
    if (resolved.additionalProperties) {
      for (const [name, item] of Object.entries(value)) {
        places.push({ holder: value, name, schema: resolved.additionalProperties, path: `${path}.${name}` })
        walk(item, resolved.additionalProperties, `${path}.${name}`)
      }
    }
  }
  walk(object, { ref: type }, '')
  return places
}
