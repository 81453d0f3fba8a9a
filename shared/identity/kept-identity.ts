import type { ObjectKey } from '../meta/object.ts'
import { KeyExists, type Store } from '../storage/store.ts'

/** Not a kind: no request reaches it. Its values must be encrypted. */
export const identityResource = 'identities.windlass.dev'

/** What is kept in the store under this name for all processes; whoever asks first makes it, and of two that do so at once one is heard. */
export const keptIdentity = async <T extends object>(
  store: Pick<Store, 'get' | 'create'>,
  name: string,
  make: () => Promise<T>,
): Promise<T> => {
  const key: ObjectKey = { resource: identityResource, namespace: '', name }
  const found = await store.get(key)
  if (found) return parse(found.value)
  const made = await make()
  try {
    const { value } = await store.create(key, (revision) =>
      Buffer.from(JSON.stringify({ metadata: { name, resourceVersion: String(revision) }, ...made })),
    )
    return parse(value)
  } catch (error) {
    if (error instanceof KeyExists) return parse(error.current.value)
    throw error
  }
}

const parse = <T extends object>(value: Uint8Array): T => {
  const { metadata: _, ...kept } = JSON.parse(Buffer.from(value).toString()) as { metadata: unknown } & T
  return kept as unknown as T
}
