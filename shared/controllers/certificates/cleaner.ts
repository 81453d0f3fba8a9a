import { X509Certificate } from 'node:crypto'
import { isReason } from '../../meta/status.ts'
import { type CertificateSigningRequest, certificateSigningRequests } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { ownKey } from '../key.ts'

const hourMs = 3_600_000

/** Removes requests for certificates an hour after they were decided, or a day after nothing came of them. */
export const certificateCleaner: Controller = {
  name: 'csrcleaner',
  eventComponent: 'csrcleaner',
  watches: [watch(certificateSigningRequests, (object) => (object ? ownKey(object, undefined) : []))],
  reconcile: async (name, { cache, client, clock }) => {
    const request = cache.get(certificateSigningRequests, '', name)
    const endsAtMs = request && endOf(request)
    if (!request || endsAtMs === undefined) return undefined
    const leftMs = endsAtMs - clock.now()
    if (leftMs > 0) return { requeueAfter: leftMs }
    try {
      await client.delete(certificateSigningRequests, '', name, { preconditions: { uid: request.metadata.uid ?? '' } })
    } catch (error) {
      if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
    }
    return undefined
  },
}

/** Pure; in milliseconds since 1970, the earliest that counts; undefined: it stays. */
export const endOf = ({ metadata, status }: CertificateSigningRequest): number | undefined => {
  const { conditions = [], certificate } = status ?? {}
  const keptMs: Readonly<Record<string, number>> = {
    Approved: certificate ? hourMs : 24 * hourMs,
    Denied: hourMs,
    Failed: hourMs,
  }
  const after = (time: string | null | undefined, ms: number) => (time ? [Date.parse(time) + ms] : [])
  const ends = [
    ...(conditions.length === 0 ? after(metadata.creationTimestamp, 24 * hourMs) : []),
    ...conditions.flatMap(({ type, lastUpdateTime }) => (keptMs[type] ? after(lastUpdateTime, keptMs[type]) : [])),
    ...(certificate && conditions.some(({ type }) => type === 'Approved') ? expiryOf(certificate) : []),
  ]
  return ends.length > 0 ? Math.min(...ends) : undefined
}

const expiryOf = (certificate: string): number[] => {
  try {
    return [Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo)]
  } catch {
    // Other signers may have put anything there: its age counts.
    return []
  }
}
