import { CelType, dynType } from '../type.ts'
import { CelError, CelList, CelMap, type CelValue, Duration, OpaqueValue, Optional, Timestamp, Uint } from './value.ts'

/** A value as it stands, or JSON as the store has it; `type` tells a double from an int. */
export const toCelValue = (value: unknown, type: CelType = dynType): CelValue => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'bigint':
      return type.kind === 'double' ? Number(value) : type.kind === 'uint' ? new Uint(value) : value
    case 'number':
      if (type.kind === 'uint') return new Uint(BigInt(value))
      return type.kind === 'double' || !Number.isInteger(value) ? value : BigInt(value)
  }
  if (value === null || value === undefined) return null
  if (isCelValue(value)) return value
  if (Array.isArray(value)) return new JsonList(value, type.kind === 'list' ? type.parameters[0]! : dynType)
  return new JsonMap(value as Readonly<Record<string, unknown>>, type.kind === 'map' ? type.parameters[1]! : dynType)
}

const isCelValue = (value: object): value is CelValue & object =>
  value instanceof CelList ||
  value instanceof CelMap ||
  value instanceof OpaqueValue ||
  value instanceof Uint ||
  value instanceof Timestamp ||
  value instanceof Duration ||
  value instanceof Optional ||
  value instanceof CelType ||
  value instanceof CelError ||
  value instanceof Uint8Array

class JsonList extends CelList {
  readonly #items: readonly unknown[]
  readonly #type: CelType
  constructor(items: readonly unknown[], type: CelType) {
    super()
    this.#items = items
    this.#type = type
  }
  get size(): number {
    return this.#items.length
  }
  at(index: number): CelValue {
    return toCelValue(this.#items[index], this.#type)
  }
}

class JsonMap extends CelMap {
  readonly #object: Readonly<Record<string, unknown>>
  readonly #type: CelType
  constructor(object: Readonly<Record<string, unknown>>, type: CelType) {
    super()
    this.#object = object
    this.#type = type
  }
  get size(): number {
    return Object.keys(this.#object).length
  }
  find(key: CelValue): CelValue | undefined {
    return typeof key === 'string' && Object.hasOwn(this.#object, key) ? toCelValue(this.#object[key], this.#type) : undefined
  }
  keys(): Iterable<CelValue> {
    return Object.keys(this.#object)
  }
}
