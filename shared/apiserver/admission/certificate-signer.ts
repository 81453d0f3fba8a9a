import { jsonEqual } from '../../meta/json-equal.ts'
import { forbidden } from '../../meta/status.ts'
import { requestContent } from '../../resources/certificates/request-content.ts'
import type { CertificateSigningRequest } from '../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from './admission.ts'

const isRequest = ({ definition, subresource }: AdmissionAttributes, of: string) =>
  definition.group === 'certificates.k8s.io' && definition.plural === 'certificatesigningrequests' && subresource === of

const refuse = ({ definition, name }: AdmissionAttributes, message: string) =>
  forbidden(definition.group, definition.plural, name, message)

/** For the signer itself, or for every one of its domain (`example.com/*`). */
const mayFor = async (
  { authorize }: AdmissionEnvironment,
  { user, verb, signerName }: { user: AdmissionAttributes['user']; verb: 'approve' | 'sign'; signerName: string },
): Promise<boolean> => {
  for (const name of [signerName, `${signerName.split('/')[0]}/*`])
    if (await authorize(user, { verb, group: 'certificates.k8s.io', resource: 'signers', name })) return true
  return false
}

/** "This admission controller observes requests to approve CertificateSigningRequest resources." */
export const certificateApproval: AdmissionPlugin = {
  name: 'CertificateApproval',
  validate: async (attributes, environment) => {
    if (attributes.operation !== 'UPDATE' || !isRequest(attributes, 'approval')) return
    const { signerName } = (attributes.oldObject as CertificateSigningRequest).spec
    if (!(await mayFor(environment, { user: attributes.user, verb: 'approve', signerName })))
      throw refuse(attributes, `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`)
  },
}

/** "This admission controller observes updates to the `status.certificate` field of CertificateSigningRequest resources." */
export const certificateSigning: AdmissionPlugin = {
  name: 'CertificateSigning',
  validate: async (attributes, environment) => {
    if (attributes.operation !== 'UPDATE' || !isRequest(attributes, 'status')) return
    const [now, old] = [attributes.object as CertificateSigningRequest, attributes.oldObject as CertificateSigningRequest]
    const signed = ({ status }: CertificateSigningRequest) => [status?.certificate || null, status?.conditions ?? []]
    if (jsonEqual(signed(now), signed(old))) return
    const { signerName } = old.spec
    if (!(await mayFor(environment, { user: attributes.user, verb: 'sign', signerName })))
      throw refuse(attributes, `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`)
  },
}

const clientSigner = 'kubernetes.io/kube-apiserver-client'

/** "It rejects any request that specifies a 'group' (or 'organization attribute') of `system:masters`." */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate: (attributes) => {
    if (attributes.operation !== 'CREATE' || !isRequest(attributes, '')) return
    const { signerName, request } = (attributes.object as CertificateSigningRequest).spec
    if (signerName !== clientSigner) return
    if (organizationsIn(request, attributes).includes('system:masters'))
      throw refuse(attributes, `use of ${clientSigner} signer with system:masters group is not allowed`)
  },
}

const organizationsIn = (request: string, attributes: AdmissionAttributes): readonly string[] => {
  try {
    return requestContent(Buffer.from(request, 'base64').toString()).organizations
  } catch (error) {
    throw refuse(attributes, `failed to parse CSR: ${error instanceof Error ? error.message : String(error)}`)
  }
}
