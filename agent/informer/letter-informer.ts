import type { Client, Resource } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import type { KubeObject } from '../../shared/meta/object.ts'
import { isReason } from '../../shared/meta/status.ts'
import type { Logger } from '../../shared/platform/log.ts'

export interface LetterInformerOptions<T extends KubeObject> {
  readonly client: Client
  readonly resource: Resource<T>
  readonly fieldSelector?: string | undefined
  /** whether an object that was read for its letter belongs to the list; default: all do */
  readonly belongs?: ((object: T) => boolean) | undefined
  readonly log: Logger
}

export interface ChangedKey {
  readonly namespace: string
  readonly name: string
  /** what is read is not older than this */
  readonly revision: number
}

type Listener<T> = (object: T | undefined, previous: T | undefined) => void

/** More keys than this are read by one list. */
const mostSingleReads = 20

/** A list kept up to date by being told which objects to look at, where nobody can hold a watch open. */
export class LetterInformer<T extends KubeObject> implements Informer<T> {
  readonly synced: Promise<void>
  readonly #options: LetterInformerOptions<T>
  readonly #objects = new Map<string, T>()
  readonly #listeners = new Set<Listener<T>>()
  #setSynced: () => void = () => undefined

  constructor(options: LetterInformerOptions<T>) {
    this.#options = options
    this.synced = new Promise((resolve) => {
      this.#setSynced = resolve
    })
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

  async relist(): Promise<void> {
    const { client, resource, fieldSelector } = this.#options
    const list = await client.list(resource, { fieldSelector })
    const at = Number(list.metadata.resourceVersion ?? 0)
    const present = new Set(list.items.map(keyOf))
    for (const [key, object] of this.#objects) if (!present.has(key) && revisionOf(object) <= at) this.#remove(key)
    for (const object of list.items) this.#set(object)
    this.#setSynced()
  }

  /** Reads what has changed, unless it is known already. */
  async look(changes: readonly ChangedKey[]): Promise<void> {
    const unknown = changes.filter(({ namespace, name, revision }) => {
      const known = this.get(namespace, name)
      return !known || revisionOf(known) < revision
    })
    if (unknown.length > mostSingleReads) return this.relist()
    await Promise.all(unknown.map((change) => this.#read(change)))
  }

  /** A state that came as the answer to a write. */
  observe(object: T): void {
    if (this.#belongs(object)) this.#set(object)
  }

  async #read({ namespace, name }: ChangedKey) {
    const { client, resource } = this.#options
    try {
      const object = await client.get(resource, namespace, name)
      if (this.#belongs(object)) this.#set(object)
      else this.#remove(keyOf(object))
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
      this.#remove(`${namespace}/${name}`)
    }
  }

  #belongs(object: T): boolean {
    return this.#options.belongs?.(object) ?? true
  }

  #set(object: T) {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    if (previous && revisionOf(object) <= revisionOf(previous)) return
    this.#objects.set(key, object)
    this.#tell(object, previous)
  }

  #remove(key: string) {
    const previous = this.#objects.get(key)
    if (previous && this.#objects.delete(key)) this.#tell(undefined, previous)
  }

  #tell(object: T | undefined, previous: T | undefined) {
    for (const listener of this.#listeners) {
      try {
        listener(object, previous)
      } catch (error) {
        this.#options.log.error('informer listener failed', { resource: this.#options.resource.resource, error })
      }
    }
  }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`
const revisionOf = ({ metadata }: KubeObject) => Number(metadata.resourceVersion ?? 0)
