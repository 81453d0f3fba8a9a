import type { Client } from '../../shared/client/client.ts'
import type { Clock } from '../../shared/platform/clock.ts'
import type { AuthenticationV1TokenRequest } from '../../shared/resources/generated/types.ts'
import { serviceAccounts } from '../../shared/resources/resource.ts'
import type { TokenSource } from './projection.ts'

interface Kept {
  readonly token: string
  readonly renewAt: number
}

const renewAfterShare = 0.8
const longestUseMs = 24 * 3600 * 1000

/** Asks for tokens bound to their pod, and for a new one when four fifths of its life, or a day, are over. */
export const createTokenSource = ({ client, clock }: { client: Client; clock: Clock }): TokenSource => {
  const kept = new Map<string, Kept>()
  return {
    get: async (pod, { audience, expirationSeconds }) => {
      const { name, namespace = '', uid = '' } = pod.metadata
      const key = `${uid}/${audience ?? ''}/${expirationSeconds}`
      const known = kept.get(key)
      if (known && clock.now() < known.renewAt) return known.token
      const request = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      }
      const account = pod.spec.serviceAccountName || 'default'
      const now = clock.now()
      const answer = (await client.createSubresource(
        serviceAccounts,
        namespace,
        account,
        'token',
        request,
      )) as AuthenticationV1TokenRequest
      if (!answer.status?.token) throw new Error(`no token for service account "${account}"`)
      const { token, expirationTimestamp } = answer.status
      // A token is bound to a lifetime by the server, which may be another than was asked for.
      const lifeMs = Date.parse(expirationTimestamp ?? '') - now
      kept.set(key, { token, renewAt: now + Math.min(lifeMs * renewAfterShare, longestUseMs) })
      return token
    },
    forget: (uid) => {
      for (const key of kept.keys()) if (key.startsWith(`${uid}/`)) kept.delete(key)
    },
  }
}
