import {
  boolType,
  bytesType,
  CelType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from '../type.ts'
import { longestList, tooLarge } from './limit.ts'

/**
 * A value of an evaluation. `bigint` is CEL's int (64 bits, signed), `number` its double, `Uint8Array` its bytes, a `CelType` a type as
 * a value. A `CelError` is what a failed part evaluates to; it never leaves an evaluation.
 */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | CelList
  | CelMap
  | Timestamp
  | Duration
  | CelType
  | Optional
  | OpaqueValue
  | CelError

export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** A moment, in nanoseconds since 1970; from the year 1 to 9999. It is shown as it was written: `offsetSeconds` east of UTC. */
export class Timestamp {
  readonly nanos: bigint
  readonly offsetSeconds: number
  constructor(nanos: bigint, offsetSeconds = 0) {
    this.nanos = nanos
    this.offsetSeconds = offsetSeconds
  }
}

/** In nanoseconds, within 64 bits. */
export class Duration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class Optional {
  static readonly none = new Optional(undefined)
  readonly value: CelValue | undefined
  constructor(value: CelValue | undefined) {
    this.value = value
  }
}

export class CelError {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** A value that only functions look into: a quantity, an IP address. */
export abstract class OpaqueValue {
  abstract readonly type: CelType
  abstract equals(other: CelValue): boolean | CelError
  /** What it counts for in costs; undefined: one. */
  get size(): number | undefined {
    return undefined
  }
  /** Of a named format: how long its expression counts. */
  get patternSize(): number | undefined {
    return undefined
  }
}

export abstract class CelList {
  abstract readonly size: number
  /** Index from 0 to size−1. */
  abstract at(index: number): CelValue
  /** Where a list compares in its own way: a set, a list by keys. */
  equalTo?(other: CelValue): boolean | CelError
  containing?(value: CelValue): boolean | CelError
  add(other: CelList): CelList | CelError {
    if (this.size === 0) return other
    return other.size === 0 ? this : new JoinedList(this, other)
  }
  *[Symbol.iterator](): IterableIterator<CelValue> {
    for (let index = 0; index < this.size; index++) yield this.at(index)
  }
}

/** Keys are bools, ints, uints and strings; equal numbers are one key in look-ups. */
export abstract class CelMap {
  abstract readonly size: number
  abstract find(key: CelValue): CelValue | undefined
  abstract keys(): Iterable<CelValue>
  /** Where an object compares in its own way. */
  equalTo?(other: CelValue): boolean | CelError
  /** Undefined: a map. */
  get type(): CelType | undefined {
    return undefined
  }
}

export class ValueList extends CelList {
  readonly items: readonly CelValue[]
  constructor(items: readonly CelValue[]) {
    super()
    this.items = items
  }
  get size(): number {
    return this.items.length
  }
  at(index: number): CelValue {
    return this.items[index]!
  }
}

/** Numbers from 0 on that take no memory. */
export class RangeList extends CelList {
  readonly size: number
  constructor(size: number) {
    super()
    this.size = size
  }
  at(index: number): CelValue {
    return BigInt(index)
  }
}

/** Two lists, joined without a copy until somebody reads it all. */
class JoinedList extends CelList {
  readonly size: number
  #parts: [CelList, CelList] | undefined
  #items: CelValue[] | undefined
  constructor(first: CelList, second: CelList) {
    super()
    this.size = first.size + second.size
    this.#parts = [first, second]
  }
  at(index: number): CelValue {
    if (!this.#items) {
      if (this.size > longestList) tooLarge()
      this.#items = []
      // Not by recursion: a loop may have nested it thousands deep.
      const open: CelList[] = [this.#parts![1], this.#parts![0]]
      for (let list = open.pop(); list; list = open.pop()) {
        if (list instanceof JoinedList && !list.#items) open.push(list.#parts![1], list.#parts![0])
        else for (let at = 0; at < list.size; at++) this.#items.push(list.at(at))
      }
      this.#parts = undefined
    }
    return this.#items[index]!
  }
}

const keyOf = (key: CelValue): unknown => {
  if (typeof key === 'string') return `s${key}`
  return key instanceof Uint ? `u${key.value}` : key
}

export class ValueMap extends CelMap {
  readonly #entries = new Map<unknown, [CelValue, CelValue]>()
  constructor(entries: Iterable<readonly [CelValue, CelValue]> = []) {
    super()
    for (const [key, value] of entries) this.set(key, value)
  }
  get size(): number {
    return this.#entries.size
  }
  /** Only while it is built. */
  set(key: CelValue, value: CelValue): void {
    this.#entries.set(keyOf(key), [key, value])
  }
  delete(key: CelValue): void {
    this.#entries.delete(keyOf(key))
  }
  find(key: CelValue): CelValue | undefined {
    for (const one of sameNumbers(key)) {
      const found = this.#entries.get(keyOf(one))
      if (found) return found[1]
    }
    return undefined
  }
  /** As `find`, and an int or uint finds the double that is as much. */
  findNumber(key: CelValue): CelValue | undefined {
    const found = this.find(key)
    if (found !== undefined) return found
    const whole = key instanceof Uint ? key.value : key
    return typeof whole === 'bigint' ? this.#entries.get(Number(whole))?.[1] : undefined
  }
  *keys(): Iterable<CelValue> {
    for (const [key] of this.#entries.values()) yield key
  }
  entries(): Iterable<readonly [CelValue, CelValue]> {
    return this.#entries.values()
  }
}

const minInt = -(2n ** 63n)
const maxInt = 2n ** 63n - 1n
const maxUint = 2n ** 64n - 1n
export const isInt = (value: bigint): boolean => value >= minInt && value <= maxInt
export const isUint = (value: bigint): boolean => value >= 0n && value <= maxUint

/** The keys by which a map is asked for `key`, in order. */
function* sameNumbers(key: CelValue): Iterable<CelValue> {
  yield key
  if (typeof key === 'number' && Number.isInteger(key)) {
    const whole = BigInt(key)
    // The ends of the range are no exact doubles.
    if (whole > minInt && whole < maxInt) yield whole
    if (isUint(whole)) yield new Uint(whole)
  } else if (typeof key === 'bigint' && key >= 0n) yield new Uint(key)
  else if (key instanceof Uint && isInt(key.value)) yield key.value
}

const listType = listOf(dynType)
const mapType = mapOf(dynType, dynType)
const optionalType = opaqueType('optional_type')
const errorValueType = opaqueType('error')

/** The type of a value at run time, without parameters. */
export const typeOfValue = (value: CelValue): CelType => {
  switch (typeof value) {
    case 'boolean':
      return boolType
    case 'bigint':
      return intType
    case 'number':
      return doubleType
    case 'string':
      return stringType
  }
  if (value === null) return nullType
  if (value instanceof CelList) return listType
  if (value instanceof CelMap) return value.type ?? mapType
  if (value instanceof OpaqueValue) return value.type
  if (value instanceof Uint) return uintType
  if (value instanceof Timestamp) return timestampType
  if (value instanceof Duration) return durationType
  if (value instanceof Optional) return optionalType
  if (value instanceof CelType) return typeType
  return value instanceof Uint8Array ? bytesType : errorValueType
}
