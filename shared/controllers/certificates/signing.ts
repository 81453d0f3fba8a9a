import { isReason } from '../../meta/status.ts'
import { timestamp } from '../../platform/clock.ts'
import { clientRequestProblem, servingRequestProblem, userRequestProblem } from '../../resources/certificates/node-request.ts'
import { requestContent } from '../../resources/certificates/request-content.ts'
import { type CertificateSigningRequest, certificateSigningRequests } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { ownKey } from '../key.ts'

export interface CertificateToSign {
  /** PKCS #10 in DER: its subject, names and key are what the certificate has */
  readonly request: Uint8Array
  /** as in `spec.usages` */
  readonly usages: readonly string[]
  readonly lifetimeSeconds: number
}

export interface CertificateSigningOptions {
  /** Resolves with PEM. */
  readonly signCertificate: (wanted: CertificateToSign) => Promise<string>
}

const yearSeconds = 365 * 86_400
const leastSeconds = 600

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers */
const problems: Readonly<Record<string, typeof userRequestProblem>> = {
  'kubernetes.io/kube-apiserver-client': userRequestProblem,
  'kubernetes.io/kube-apiserver-client-kubelet': clientRequestProblem,
  'kubernetes.io/kubelet-serving': servingRequestProblem,
  'kubernetes.io/legacy-unknown': () => undefined,
}

/** Signs what was approved, for the signers that upstream has built in. */
export const createCertificateSigningController = ({ signCertificate }: CertificateSigningOptions): Controller => ({
  name: 'csrsigning',
  eventComponent: 'csrsigning',
  watches: [watch(certificateSigningRequests, ownKey)],
  reconcile: async (name, { cache, client, clock }) => {
    const request = cache.get(certificateSigningRequests, '', name)
    const problemOf = request && problems[request.spec.signerName]
    if (!request || !problemOf || !isToSign(request)) return
    const { usages = [], expirationSeconds = yearSeconds } = request.spec
    const content = requestContent(Buffer.from(request.spec.request, 'base64').toString())
    const problem = problemOf(content, usages)
    const status = request.status ?? {}
    const now = timestamp(clock.now())
    const signed =
      problem === undefined
        ? { certificate: await pemOf({ request: content.whole, usages, expirationSeconds }, signCertificate) }
        : {
            conditions: [
              ...(status.conditions ?? []),
              { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: problem, lastUpdateTime: now },
            ],
          }
    try {
      await client.update(certificateSigningRequests, { ...request, status: { ...status, ...signed } }, { subresource: 'status' })
    } catch (error) {
      if (!isReason(error, 'Conflict') && !isReason(error, 'NotFound')) throw error
    }
  },
})

const isToSign = ({ status }: CertificateSigningRequest): boolean => {
  const is = (type: string) => status?.conditions?.some((condition) => condition.type === type && condition.status === 'True')
  const isDecided = is('Approved') === true && !is('Denied') && !is('Failed')
  return isDecided && !status?.certificate
}

const pemOf = async (
  { request, usages, expirationSeconds }: { request: Uint8Array; usages: readonly string[]; expirationSeconds: number },
  sign: CertificateSigningOptions['signCertificate'],
): Promise<string> => {
  const lifetimeSeconds = Math.min(yearSeconds, Math.max(leastSeconds, expirationSeconds))
  return Buffer.from(await sign({ request, usages, lifetimeSeconds })).toString('base64')
}
