import type { KubeObject } from '../meta/object.ts'

/** A list kept up to date by a watch; re-lists by itself when history is gone. */
export interface Informer<T extends KubeObject> {
  /** Resolves when the first list is in. */
  readonly synced: Promise<void>
  get(namespace: string, name: string): T | undefined
  list(): T[]
  /** Called after each change; `object` undefined: deleted, `previous` undefined: new. Calls for what is already there come at once. Returns the way to stop. */
  onChange(listener: (object: T | undefined, previous: T | undefined) => void): () => void
}
