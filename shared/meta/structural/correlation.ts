import { isJsonObject, type JsonObject, sameJson } from '../json-value.ts'
import { additionalOf, propertyOf, type Structural } from './structural.ts'

/**
 * A value and what it was before an update, where its schema says which was which: what has not changed is not held against who changes something
 * else. What was found out is kept, as many findings may ask for the same.
 */
export class Correlation {
  readonly #schema: Structural
  readonly #value: unknown
  readonly #old: unknown
  readonly #fields = new Map<string, Correlation | undefined>()
  readonly #items = new Map<number, Correlation | undefined>()
  #oldItems: KeyedItems | undefined
  #unchanged: boolean | undefined

  constructor(schema: Structural, value: unknown, old: unknown) {
    this.#schema = schema
    this.#value = value
    this.#old = old
  }

  /** Undefined: nobody can tell what stood there. */
  field(name: string): Correlation | undefined {
    if (!this.#fields.has(name)) this.#fields.set(name, this.#fieldOf(name))
    return this.#fields.get(name)
  }

  /** Items of a list are only known by their keys. */
  item(index: number): Correlation | undefined {
    if (!this.#items.has(index)) this.#items.set(index, this.#itemOf(index))
    return this.#items.get(index)
  }

  /** What is in a list by its keys may have changed its place. */
  unchanged(): boolean {
    this.#unchanged ??= this.#compare()
    return this.#unchanged
  }

  #fieldOf(name: string): Correlation | undefined {
    const [value, old] = [this.#value, this.#old]
    if (!isJsonObject(value) || !isJsonObject(old) || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined
    const schema = propertyOf(this.#schema, name) ?? additionalOf(this.#schema)
    return schema && new Correlation(schema, value[name], old[name])
  }

  #itemOf(index: number): Correlation | undefined {
    const { items } = this.#schema
    if (!items || !Array.isArray(this.#value) || !Array.isArray(this.#old)) return undefined
    this.#oldItems ??= new KeyedItems(this.#schema, this.#old)
    const value: unknown = this.#value[index]
    const old = this.#oldItems.like(value)
    return old && new Correlation(items, value, old)
  }

  #compare(): boolean {
    const [value, old] = [this.#value, this.#old]
    const holds = (correlation: Correlation | undefined) => correlation?.unchanged() === true
    if (Array.isArray(value) && Array.isArray(old)) {
      if (value.length !== old.length) return false
      return isKeyed(this.#schema) ? value.every((_, index) => holds(this.item(index))) : sameJson(value, old)
    }
    if (isJsonObject(value) && isJsonObject(old)) {
      const names = Object.keys(value)
      return names.length === Object.keys(old).length && names.every((name) => holds(this.field(name)))
    }
    return sameJson(value, old)
  }
}

const isKeyed = (schema: Structural) => schema['x-kubernetes-list-type'] === 'map'

/** The items of a list by their keys; of a list that has none, nothing is found. */
export class KeyedItems {
  readonly #keys: readonly string[]
  readonly #items = new Map<string, JsonObject>()

  constructor(schema: Structural, items: unknown) {
    this.#keys = isKeyed(schema) ? (schema['x-kubernetes-list-map-keys'] ?? []) : []
    if (this.#keys.length === 0 || !Array.isArray(items)) return
    for (const item of items) {
      const key = this.#keyOf(item)
      // Of several the first counts.
      if (key !== undefined && !this.#items.has(key)) this.#items.set(key, item as JsonObject)
    }
  }

  like(item: unknown): JsonObject | undefined {
    const key = this.#keyOf(item)
    return key === undefined ? undefined : this.#items.get(key)
  }

  /** Undefined: it has not all of the keys, or one is no scalar. */
  #keyOf(item: unknown): string | undefined {
    if (!isJsonObject(item)) return undefined
    const values = this.#keys.map((key) => (Object.hasOwn(item, key) ? item[key] : undefined))
    return values.every((value) => value !== undefined && value !== null && typeof value !== 'object')
      ? JSON.stringify(values)
      : undefined
  }
}
