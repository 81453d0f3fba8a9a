import type { Store } from '../storage/store.ts'
import type { KeyPair } from './certificates.ts'
import { keptIdentity } from './kept-identity.ts'

/** What a cluster is known by: the same for all its processes, for ever. */
export interface ClusterIdentity {
  /** signs certificates inside the cluster */
  readonly authority: KeyPair
  /** signs service account tokens; PEM */
  readonly signingKey: string
}

/** For a cluster whose only durable place is its store: whoever asks first makes the identity. */
export const openClusterIdentity = (store: Pick<Store, 'get' | 'create'>): Promise<ClusterIdentity> =>
  keptIdentity<ClusterIdentity>(store, 'cluster', async () => {
    const { createAuthority, createSigningKey } = await import('./certificates.ts')
    const authority = await createAuthority('windlass-ca')
    const { privateKey: signingKey } = await createSigningKey()
    return { authority, signingKey }
  })
