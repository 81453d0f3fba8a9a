import type { Clock } from '../platform/clock.ts'
import { type FrontProxy, type FrontProxyIdentity, frontProxyName } from '../reach/front-proxy.ts'
import type { Store } from '../storage/store.ts'
import type { KeyPair } from './certificates.ts'
import { keptIdentity } from './kept-identity.ts'

/** Whoever carries a request sees the key: it is of use to nobody for long. */
const lastsMs = 3_600_000
/** what a request may still take that begins just before */
const renewedBeforeMs = 900_000
const authorityName = 'windlass-front-proxy-ca'

export interface KeptFrontProxyOptions {
  /** encrypts identities */
  readonly store: Pick<Store, 'get' | 'create'>
  readonly clock: Clock
}

/** An authority in the store, made when it is first needed; a certificate of this process for about an hour, likewise. */
export const createKeptFrontProxy = ({ store, clock }: KeptFrontProxyOptions): FrontProxy => {
  let signer: Promise<KeyPair> | undefined
  let issued: { readonly untilMs: number; readonly identity: Promise<FrontProxyIdentity> } | undefined
  const openSigner = (): Promise<KeyPair> => {
    signer ??= keptIdentity(store, 'front-proxy', async () =>
      (await import('./certificates.ts')).createAuthority(authorityName),
    ).catch((error: unknown) => {
      signer = undefined
      throw error
    })
    return signer
  }
  const issue = async (): Promise<FrontProxyIdentity> => {
    const [authority, certificates] = await Promise.all([openSigner(), import('./certificates.ts')])
    return certificates.issue(authority, { name: frontProxyName, usage: 'client' }, { lastsMs })
  }
  return {
    identity: () => {
      if (issued && clock.now() < issued.untilMs - renewedBeforeMs) return issued.identity
      const identity = issue().catch((error: unknown) => {
        issued = undefined
        throw error
      })
      issued = { untilMs: clock.now() + lastsMs, identity }
      return identity
    },
    authority: async () => (await openSigner()).certificate,
  }
}
