import type { ObjectKey } from '../../../shared/meta/object.ts'
import type { Encode, Entry, Store } from '../../../shared/storage/store.ts'

export const pod = (name: string, namespace = 'default'): ObjectKey => ({ resource: 'pods', namespace, name })

/** An object whose resourceVersion is its revision, and whose `note` says which write made it. */
export const noted =
  (key: ObjectKey, note: string): Encode =>
  (revision) =>
    Buffer.from(
      JSON.stringify({ metadata: { name: key.name, namespace: key.namespace, resourceVersion: String(revision) }, note }),
    )

export const createPod = (store: Store, name: string, note = 'new', namespace = 'default'): Promise<Entry> =>
  store.create(pod(name, namespace), noted(pod(name, namespace), note))

export const updatePod = (store: Store, { key, revision }: Entry, note: string): Promise<Entry> =>
  store.update(key, revision, noted(key, note))

export const deletePod = (store: Store, { key, revision }: Entry, note = 'gone'): Promise<Entry> =>
  store.delete(key, revision, noted(key, note))

export const text = (value: Uint8Array | undefined) => (value === undefined ? undefined : Buffer.from(value).toString())

/** `name@revision=note`, for reading at a glance */
export const brief = ({ key, value }: { key: ObjectKey; value: Uint8Array }): string => {
  const { metadata, note } = JSON.parse(text(value)!) as { metadata: { resourceVersion: string }; note: string }
  return `${key.namespace}/${key.name}@${metadata.resourceVersion}=${note}`
}

export const names = (entries: readonly Entry[]) => entries.map(({ key }) => `${key.namespace}/${key.name}`)

export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a rejection')
}
