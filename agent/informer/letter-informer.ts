import type { Client, Resource } from '../../shared/client/client.ts'
import type { Informer } from '../../shared/client/informer.ts'
import { KnownObjects } from '../../shared/client/known-objects.ts'
import type { KubeObject } from '../../shared/meta/object.ts'
import { isReason } from '../../shared/meta/status.ts'
import type { Logger } from '../../shared/platform/log.ts'

export interface LetterInformerOptions<T extends KubeObject> {
  readonly client: Client
  readonly resource: Resource<T>
  readonly fieldSelector?: string | undefined
  readonly labelSelector?: string | undefined
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

/** More keys than this are read by one list. */
const mostSingleReads = 20

/** A list kept up to date by being told which objects to look at, where nobody can hold a watch open. */
export class LetterInformer<T extends KubeObject> implements Informer<T> {
  readonly synced: Promise<void>
  readonly #options: LetterInformerOptions<T>
  readonly #objects: KnownObjects<T>
  #setSynced: () => void = () => undefined

  constructor(options: LetterInformerOptions<T>) {
    this.#options = options
    this.#objects = new KnownObjects(options.log.child({ resource: options.resource.resource }))
    this.synced = new Promise((resolve) => {
      this.#setSynced = resolve
    })
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(namespace, name)
  }

  list(): T[] {
    return this.#objects.list()
  }

  onChange(listener: (object: T | undefined, previous: T | undefined) => void): () => void {
    return this.#objects.onChange(listener)
  }

  async relist(): Promise<void> {
    const { client, resource, fieldSelector, labelSelector } = this.#options
    const list = await client.list(resource, { fieldSelector, labelSelector })
    const at = Number(list.metadata.resourceVersion ?? 0)
    this.#objects.removeMissing(list.items, (object) => revisionOf(object) <= at)
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
    const read = await Promise.all(unknown.map((change) => this.#read(change)))
    // A pod that is gone is nobody's, and not even this node may ask for it: the list says what there is.
    if (read.includes('forbidden')) await this.relist()
  }

  /** A state that came as the answer to a write. */
  observe(object: T): void {
    if (this.#belongs(object)) this.#set(object)
  }

  async #read({ namespace, name }: ChangedKey): Promise<'read' | 'forbidden'> {
    const { client, resource } = this.#options
    try {
      const object = await client.get(resource, namespace, name)
      if (this.#belongs(object)) this.#set(object)
      else this.#objects.remove(namespace, name)
    } catch (error) {
      if (isReason(error, 'Forbidden')) return 'forbidden'
      if (!isReason(error, 'NotFound')) throw error
      this.#objects.remove(namespace, name)
    }
    return 'read'
  }

  #belongs(object: T): boolean {
    return this.#options.belongs?.(object) ?? true
  }

  #set(object: T) {
    const previous = this.#objects.known(object)
    if (!previous || revisionOf(object) > revisionOf(previous)) this.#objects.set(object)
  }
}

const revisionOf = ({ metadata }: KubeObject) => Number(metadata.resourceVersion ?? 0)
