import type { Index } from '../client/cache.ts'
import type { KubeObject } from '../meta/object.ts'
import { withoutManagers } from '../meta/without-managers.ts'
import type { TailChange } from './log-tail.ts'
import type { Entry } from './store.ts'
import { parseObject } from './tail/parsed-change.ts'

interface Held {
  object(): KubeObject
}

type Objects = Map<string, Held>

/** The objects of one resource without who owns their fields, parsed when first asked for, with the indexes that were asked for. */
export class ResourceCache {
  #namespaces = new Map<string, Objects>()
  readonly #indexes = new Map<Index<KubeObject>, Map<string, Set<Held>>>()
  /** changes up to here are in */
  #listedAt = 0
  /** what came by the tail while a list was under way */
  #early: TailChange[] | undefined
  #loaded = false
  #all: readonly KubeObject[] | undefined

  /** Whether there has been a list; without one nothing here means anything. */
  get loaded(): boolean {
    return this.#loaded
  }

  /** From here on changes wait for `replace`: the list may be older or newer than they are. */
  expectList(): void {
    this.#early ??= []
  }

  replace(entries: readonly Entry[], revision: number): void {
    this.#namespaces = new Map()
    this.#all = undefined
    for (const index of this.#indexes.values()) index.clear()
    for (const { key, value } of entries)
      this.#put(
        key.namespace,
        key.name,
        lazily(() => withoutManagers(parseObject(value))),
      )
    this.#listedAt = revision
    this.#loaded = true
    const early = this.#early ?? []
    this.#early = undefined
    for (const change of early) this.apply(change)
  }

  apply(change: TailChange): void {
    if (this.#early) {
      this.#early.push(change)
      return
    }
    if (change.revision <= this.#listedAt) return
    const { namespace, name } = change.key
    this.#all = undefined
    this.#remove(namespace, name)
    if (change.type !== 'deleted')
      this.#put(
        namespace,
        name,
        lazily(() => withoutManagers(change.object)),
      )
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#namespaces.get(namespace)?.get(name)?.object()
  }

  list(namespace: string | undefined): KubeObject[] {
    const groups =
      namespace === undefined ? [...this.#namespaces.values()] : [this.#namespaces.get(namespace) ?? new Map<string, Held>()]
    return groups.flatMap((objects) => [...objects.values()].map((held) => held.object()))
  }

  /** Those of all namespaces; the same array until one of them changes. */
  all(): readonly KubeObject[] {
    this.#all ??= this.list(undefined)
    return this.#all
  }

  byIndex(index: Index<KubeObject>, value: string): KubeObject[] {
    const found = this.#index(index).get(value)
    return found ? Array.from(found, (held) => held.object()) : []
  }

  #index(index: Index<KubeObject>): Map<string, Set<Held>> {
    const found = this.#indexes.get(index)
    if (found) return found
    const built = new Map<string, Set<Held>>()
    this.#indexes.set(index, built)
    for (const objects of this.#namespaces.values()) for (const held of objects.values()) addTo(built, index, held)
    return built
  }

  #put(namespace: string, name: string, held: Held): void {
    const objects = this.#namespaces.get(namespace) ?? new Map<string, Held>()
    this.#namespaces.set(namespace, objects.set(name, held))
    for (const [index, built] of this.#indexes) addTo(built, index, held)
  }

  #remove(namespace: string, name: string): void {
    const objects = this.#namespaces.get(namespace)
    const held = objects?.get(name)
    if (!objects || !held) return
    objects.delete(name)
    if (objects.size === 0) this.#namespaces.delete(namespace)
    for (const [index, built] of this.#indexes) removeFrom(built, index, held)
  }
}

/** Lets go of the bytes once they are parsed. */
const lazily = (parse: () => KubeObject): Held => {
  let pending: (() => KubeObject) | undefined = parse
  let parsed: KubeObject | undefined
  return {
    object: () => {
      if (pending) parsed = pending()
      pending = undefined
      return parsed!
    },
  }
}

const addTo = (built: Map<string, Set<Held>>, index: Index<KubeObject>, held: Held): void => {
  for (const value of index.valuesOf(held.object())) built.set(value, (built.get(value) ?? new Set()).add(held))
}

const removeFrom = (built: Map<string, Set<Held>>, index: Index<KubeObject>, held: Held): void => {
  for (const value of index.valuesOf(held.object())) {
    const set = built.get(value)
    set?.delete(held)
    if (set?.size === 0) built.delete(value)
  }
}
