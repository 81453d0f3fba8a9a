import type { KubeObject } from '../meta/object.ts'
import { withoutManagers } from '../meta/without-managers.ts'
import type { Logger } from '../platform/log.ts'
import type { Informer } from './informer.ts'

type Listener<T> = (object: T | undefined, previous: T | undefined) => void

/** What an informer has found so far, and who wants to hear of changes. A listener that throws keeps no other from hearing. */
export class KnownObjects<T extends KubeObject> implements Omit<Informer<T>, 'synced'> {
  readonly #objects = new Map<string, T>()
  readonly #listeners = new Set<Listener<T>>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`)
  }

  list(): T[] {
    return [...this.#objects.values()]
  }

  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener)
    for (const object of this.#objects.values()) listener(object, undefined)
    return () => this.#listeners.delete(listener)
  }

  /** What is there under the object's name. */
  known({ metadata }: KubeObject): T | undefined {
    return this.get(metadata.namespace ?? '', metadata.name)
  }

  set(found: T): void {
    // Nobody here asks who owns its fields, and they would fill half of the memory.
    const object = withoutManagers(found)
    const previous = this.known(object)
    this.#objects.set(keyOf(object), object)
    this.#tell(object, previous)
  }

  remove(namespace: string, name: string): void {
    const previous = this.get(namespace, name)
    if (previous && this.#objects.delete(keyOf(previous))) this.#tell(undefined, previous)
  }

  /** Removes those that a list has not, for which `isOlder` says that they are older than it. */
  removeMissing(listed: readonly KubeObject[], isOlder: (object: T) => boolean = () => true): void {
    const present = new Set(listed.map(keyOf))
    for (const object of this.list()) {
      const { namespace = '', name } = object.metadata
      if (!present.has(keyOf(object)) && isOlder(object)) this.remove(namespace, name)
    }
  }

  #tell(object: T | undefined, previous: T | undefined) {
    for (const listener of this.#listeners) {
      try {
        listener(object, previous)
      } catch (error) {
        this.#log.error('informer listener failed', { error })
      }
    }
  }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`
