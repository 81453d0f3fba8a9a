import type { KubeObject } from '../meta/object.ts'
import type { Resource } from './client.ts'

/**
 * Objects read up to a position in the log, shared by all controllers and the scheduler of a process. Objects are
 * frozen by convention: never modify one, copy it (`structuredClone`).
 */
export interface Cache {
  /** Catches up with everything acknowledged before the call. Cheap when nothing is new. A reconciler runs after one. */
  sync(): Promise<void>
  get<T extends KubeObject>(resource: Resource<T>, namespace: string, name: string): T | undefined
  /** all namespaces when `namespace` is undefined */
  list<T extends KubeObject>(resource: Resource<T>, namespace?: string): T[]
  /** objects whose index `name` has `value`; see `Index` */
  byIndex<T extends KubeObject>(index: Index<T>, value: string): T[]
}

/** Declared once as a module constant and passed to `byIndex`; the cache builds it on first use and keeps it. */
export interface Index<T extends KubeObject> {
  readonly name: string
  readonly resource: Resource<T>
  readonly valuesOf: (object: T) => readonly string[]
}
