import type { ObjectKey } from '../meta/object.ts'
import { KeyExists, type Store } from '../storage/store.ts'
import type { KeyPair } from './certificates.ts'

/** What a cluster is known by: the same for all its processes, for ever. */
export interface ClusterIdentity {
  /** signs certificates inside the cluster */
  readonly authority: KeyPair
  /** signs service account tokens; PEM */
  readonly signingKey: string
}

/** Not a kind: no request reaches it. Its values must be encrypted. */
export const identityResource = 'identities.windlass.dev'
const key: ObjectKey = { resource: identityResource, namespace: '', name: 'cluster' }

/** For a cluster whose only durable place is its store: whoever asks first makes the identity. */
export const openClusterIdentity = async (store: Pick<Store, 'get' | 'create'>): Promise<ClusterIdentity> => {
  const found = await store.get(key)
  if (found) return parse(found.value)
  const { createAuthority, createSigningKey } = await import('./certificates.ts')
  const authority = await createAuthority('windlass-ca')
  const { privateKey: signingKey } = await createSigningKey()
  const metadata = { name: key.name }
  try {
    const made = await store.create(key, (revision) =>
      Buffer.from(JSON.stringify({ metadata: { ...metadata, resourceVersion: String(revision) }, authority, signingKey })),
    )
    return parse(made.value)
  } catch (error) {
    if (error instanceof KeyExists) return parse(error.current.value)
    throw error
  }
}

const parse = (value: Uint8Array): ClusterIdentity => {
  const { authority, signingKey } = JSON.parse(Buffer.from(value).toString()) as ClusterIdentity
  return { authority, signingKey }
}
