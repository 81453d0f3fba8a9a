import type { ObjectKey } from '../../meta/object.ts'
import { type Entry, KeyExists, type Store } from '../../storage/store.ts'
import type { AdmissionEnvironment } from '../admission/admission.ts'

/** For a dry run: what is created counts as taken until the request ends, and nothing is left behind. */
export const dryStore = (store: Store): AdmissionEnvironment['store'] => {
  const created = new Map<string, Entry>()
  const get = async (key: ObjectKey) => created.get(textOf(key)) ?? store.get(key)
  const entryOf = (key: ObjectKey, revision: number, value: Uint8Array): Entry => ({ key, revision, value })
  return {
    get,
    create: async (key, encode) => {
      const current = await get(key)
      if (current) throw new KeyExists(current)
      const entry = entryOf(key, 0, encode(0))
      created.set(textOf(key), entry)
      return entry
    },
    update: async (key, expected, encode) => entryOf(key, expected, encode(expected)),
    delete: async (key, expected, encode) => entryOf(key, expected, encode(expected)),
  }
}

const textOf = ({ resource, namespace, name }: ObjectKey) => `${resource}/${namespace}/${name}`
