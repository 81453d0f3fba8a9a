import type { Client, Resource } from '../../client/client.ts'
import type { KubeObject } from '../../meta/object.ts'
import { isReason } from '../../meta/status.ts'
import { clientRequestProblem } from '../../resources/certificates/node-request.ts'
import { requestContent } from '../../resources/certificates/request-content.ts'
import { type CertificateSigningRequest, certificateSigningRequests } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { ownKey } from '../key.ts'

const signer = 'kubernetes.io/kube-apiserver-client-kubelet'
/** Who may not yet may be allowed to; a request that nobody decides goes after a day. */
const lookAgainMs = 600_000

/** Approves what nodes ask for themselves, where roles let them. */
export const certificateApprovingController: Controller = {
  name: 'csrapproving',
  eventComponent: 'csrapproving',
  watches: [watch(certificateSigningRequests, ownKey)],
  reconcile: async (name, { cache, client }) => {
    const request = cache.get(certificateSigningRequests, '', name)
    if (!request || request.spec.signerName !== signer || isDecided(request)) return undefined
    const content = requestContent(Buffer.from(request.spec.request, 'base64').toString())
    if (clientRequestProblem(content, request.spec.usages ?? []) !== undefined) return undefined
    const isOwn = request.spec.username === content.commonName
    for (const [subresource, message] of isOwn ? [own, anyNode] : [anyNode]) {
      if (!(await isAllowed(client, request, subresource))) continue
      await approve(client, request, message)
      return undefined
    }
    return { requeueAfter: lookAgainMs }
  },
}

const own = ['selfnodeclient', 'Auto approving self kubelet client certificate after SubjectAccessReview.'] as const
const anyNode = ['nodeclient', 'Auto approving kubelet client certificate after SubjectAccessReview.'] as const

const isDecided = ({ status }: CertificateSigningRequest): boolean =>
  Boolean(status?.certificate) || (status?.conditions?.some(({ type }) => type === 'Approved' || type === 'Denied') ?? false)

interface AccessReview extends KubeObject {
  readonly spec: object
  readonly status?: { readonly allowed?: boolean }
}

const accessReviews: Resource<AccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
}

const isAllowed = async (client: Client, { spec }: CertificateSigningRequest, subresource: string): Promise<boolean> => {
  const { username: user, uid, groups, extra } = spec
  const resourceAttributes = {
    group: 'certificates.k8s.io',
    version: '*',
    resource: 'certificatesigningrequests',
    subresource,
    verb: 'create',
  }
  const review = { metadata: {} as KubeObject['metadata'], spec: { user, uid, groups, extra, resourceAttributes } }
  return (await client.create(accessReviews, review)).status?.allowed === true
}

const approve = async (client: Client, request: CertificateSigningRequest, message: string): Promise<void> => {
  const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message }
  const conditions = [...(request.status?.conditions ?? []), condition]
  try {
    await client.update(
      certificateSigningRequests,
      { ...request, status: { ...request.status, conditions } },
      { subresource: 'approval' },
    )
  } catch (error) {
    if (!isReason(error, 'Conflict') && !isReason(error, 'NotFound')) throw error
  }
}
