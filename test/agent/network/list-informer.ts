import type { Informer } from '../../../shared/client/informer.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'

export interface ListInformer<T extends KubeObject> extends Informer<T> {
  set(object: T): void
  delete(namespace: string, name: string): void
}

/** An informer over a list that the test changes by hand. */
export const createListInformer = <T extends KubeObject>(objects: readonly T[] = []): ListInformer<T> => {
  const key = (namespace: string, name: string) => `${namespace}/${name}`
  const keyOf = ({ metadata }: T) => key(metadata.namespace ?? '', metadata.name)
  const known = new Map(objects.map((object) => [keyOf(object), object]))
  const listeners = new Set<(object: T | undefined, previous: T | undefined) => void>()
  return {
    synced: Promise.resolve(),
    get: (namespace, name) => known.get(key(namespace, name)),
    list: () => [...known.values()],
    onChange: (listener) => {
      listeners.add(listener)
      for (const object of known.values()) listener(object, undefined)
      return () => listeners.delete(listener)
    },
    set: (object) => {
      const previous = known.get(keyOf(object))
      known.set(keyOf(object), object)
      for (const listener of listeners) listener(object, previous)
    },
    delete: (namespace, name) => {
      const previous = known.get(key(namespace, name))
      known.delete(key(namespace, name))
      for (const listener of listeners) listener(undefined, previous)
    },
  }
}
