import { certify } from '../identity/certificates.ts'
import type { ClusterIdentity } from '../identity/cluster-identity.ts'
import { badRequest } from '../meta/status.ts'
import { nodeServed } from './node-service.ts'
import type { PathHandler } from './paths.ts'
import { respondJson } from './represent/respond.ts'

export interface ServingCertificateOptions {
  readonly authority: ClusterIdentity['authority']
  /** of the Service `kubernetes` */
  readonly address: string
  readonly clusterDomain?: string | undefined
}

const longestBytes = 4096
const days = 90

/**
 * `POST /apis/windlass.dev/v1/nodes/{name}/servingcertificate` with `{ "publicKey": PEM }`: what a node needs to be the API server for
 * its own pods. The key itself stays where it was made.
 */
export const createServingCertificatePath =
  ({ authority, address, clusterDomain = 'cluster.local' }: ServingCertificateOptions): PathHandler =>
  async ({ info, request }) => {
    if (nodeServed(info, 'servingcertificate') === undefined) return undefined
    const publicKey = publicKeyOf(Buffer.from(await request.body(longestBytes)).toString())
    const service = 'kubernetes.default.svc'
    const certificate = await certify(authority, {
      name: 'kubernetes',
      usage: 'server',
      dnsNames: ['kubernetes', 'kubernetes.default', service, `${service}.${clusterDomain}`],
      addresses: [address],
      publicKey,
      days,
    }).catch((cause: unknown) => {
      throw badRequest(`the public key is not one of the curve P-256: ${cause instanceof Error ? cause.message : cause}`)
    })
    return respondJson(request, 200, { certificate })
  }

const publicKeyOf = (text: string): string => {
  try {
    const { publicKey } = JSON.parse(text) as { publicKey?: unknown }
    if (typeof publicKey === 'string' && publicKey.startsWith('-----BEGIN PUBLIC KEY-----')) return publicKey
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw badRequest('the body is not { "publicKey": PEM }')
}
