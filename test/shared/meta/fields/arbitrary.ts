import type { FieldSet } from '../../../../shared/meta/fields/field-set.ts'
import { type FieldType, fieldTypeOf } from '../../../../shared/meta/fields/field-type.ts'
import { readFieldsV1 } from '../../../../shared/meta/fields/fields-v1.ts'
import { union } from '../../../../shared/meta/fields/set-algebra.ts'
import { toFieldSet } from '../../../../shared/meta/fields/to-field-set.ts'
import { loadSchemas } from '../../../../shared/resources/schemas.ts'

/** The same numbers for the same seed (mulberry32). */
export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  is(probability: number): boolean {
    return this.next() < probability
  }
  below(count: number): number {
    return Math.floor(this.next() * count)
  }
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

const schemas = loadSchemas()
export const typeOf = (name: string): FieldType => fieldTypeOf(name, schemas)

/** Types with every kind of list and map between them. */
export const typeNames = [
  'io.k8s.api.core.v1.Pod',
  'io.k8s.api.core.v1.Service',
  'io.k8s.api.core.v1.ConfigMap',
  'io.k8s.api.core.v1.Node',
  'io.k8s.api.core.v1.Endpoints',
  'io.k8s.api.apps.v1.Deployment',
  'io.k8s.api.batch.v1.CronJob',
  'io.k8s.api.networking.v1.Ingress',
  'io.k8s.api.rbac.v1.ClusterRole',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  'io.k8s.api.storage.v1.CSINode',
] as const

const words = ['a', 'b', 'web', 'a/b', 'é', '𝒳', '"', '\\', 'ﬀ', '<&>', '']
/** Upstream's own reader mixes up names of fields that are escaped in JSON. */
const keys = words.filter((word) => JSON.stringify(word) === `"${word}"`)

/** `repeats`: items of lists may stand twice. */
interface ObjectOptions {
  readonly repeats: boolean
}

/** Some value of a type, undefined where it has none at this depth. */
const someOf = (chance: Chance, type: FieldType, depth: number, options: ObjectOptions): unknown => {
  if (type.scalar === 'string') return chance.of(words)
  if (type.scalar === 'numeric') return chance.below(4)
  if (type.scalar === 'boolean') return chance.is(0.5)
  if (type.scalar) return chance.is(0.5) ? chance.of(words) : chance.below(4)
  if (type.map) return mapOf(chance, type, depth, options)
  return type.list ? listOf(chance, type, depth, options) : undefined
}

const mapOf = (chance: Chance, { map }: FieldType, depth: number, options: ObjectOptions): unknown => {
  const out: Record<string, unknown> = {}
  const fields = map!.byName.size > 0 ? [...map!.byName.values()] : keys.map((name) => ({ name, type: map!.values! }))
  if (depth === 0) return out
  const some = Math.min(0.5, 5 / fields.length)
  for (const { name, type } of fields) {
    if (!chance.is(some)) continue
    const value = chance.is(0.03) ? null : someOf(chance, type, depth - 1, options)
    if (value !== undefined) out[name] = value
  }
  return out
}

const listOf = (chance: Chance, { list }: FieldType, depth: number, options: ObjectOptions): unknown => {
  const items: unknown[] = []
  const seen = new Set<string>()
  for (let count = chance.below(4); count > 0; count--) {
    const item = someOf(chance, list!.items, depth - 1, options)
    if (item === undefined) continue
    if (!list!.atomic && typeof item === 'object' && item !== null) {
      for (const key of list!.keys) {
        const type = list!.items.map!.byName.get(key)!.type
        if (!(key in list!.keyDefaults) || chance.is(0.8))
          (item as Record<string, unknown>)[key] = someOf(chance, type, 0, options)
        if ((item as Record<string, unknown>)[key] === null) delete (item as Record<string, unknown>)[key]
      }
    }
    const known = list!.atomic
      ? ''
      : JSON.stringify(
          list!.keys.length ? list!.keys.map((key) => (item as Record<string, unknown>)[key] ?? list!.keyDefaults[key]) : item,
        )
    if (!list!.atomic && seen.has(known) && !(options.repeats && chance.is(0.2))) continue
    seen.add(known)
    items.push(item)
  }
  return items
}

export const objectOf = (chance: Chance, type: FieldType, options: ObjectOptions = { repeats: true }): unknown =>
  mapOf(chance, type, 6, options)

/** An object much like another. */
export const changed = (chance: Chance, object: unknown, type: FieldType, options: ObjectOptions = { repeats: true }): unknown =>
  mixed(chance, object, objectOf(chance, type, options))

const mixed = (chance: Chance, a: unknown, b: unknown): unknown => {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) || Array.isArray(b))
    return chance.is(0.7) ? a : b
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const out: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const value =
      key in left && key in right
        ? mixed(chance, left[key], right[key])
        : key in left
          ? chance.is(0.85)
            ? left[key]
            : undefined
          : chance.is(0.3)
            ? right[key]
            : undefined
    if (value !== undefined) out[key] = value
  }
  return out
}

/** Some fields of a type's, in the form of what a client would send. */
export const setOf = (chance: Chance, type: FieldType): FieldSet => {
  const objects = [1, 2].map(() => toFieldSet(objectOf(chance, type), type))
  return readFieldsV1(thinned(chance, union(objects[0]!, objects[1]!)))
}

const thinned = (chance: Chance, node: FieldSet): FieldSet =>
  Object.fromEntries(
    Object.entries(node)
      .filter(() => chance.is(0.8))
      .map(([element, below]) => [element, chance.is(0.1) ? { '.': {}, ...thinned(chance, below) } : thinned(chance, below)]),
  )
