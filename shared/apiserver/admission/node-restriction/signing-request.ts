import { requestContent } from '../../../resources/certificates/request-content.ts'
import type { CertificateSigningRequest } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

const ofNodes = new Set(['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'])

/** A node asks for certificates of its own name. */
export const checkSigningRequest: Check = (request) => {
  const { node, attributes } = request
  if (attributes.operation !== 'CREATE') return
  const { spec } = attributes.object as CertificateSigningRequest
  if (!ofNodes.has(spec.signerName)) return
  let commonName: string
  try {
    commonName = requestContent(Buffer.from(spec.request, 'base64').toString()).commonName
  } catch (error) {
    throw refuse(request, `unable to parse csr: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (commonName !== `system:node:${node}`) throw refuse(request, `can only create a node CSR with CN=system:node:${node}`)
}
