import type { RequestContent } from './request-content.ts'

const nodesGroup = 'system:nodes'
const nodePrefix = 'system:node:'

/** What is wrong with a request for a kubelet's client certificate, in upstream's words; undefined: nothing. */
export const clientRequestProblem = (content: RequestContent, usages: readonly string[]): string | undefined => {
  if (!isNodesAlone(content)) return 'subject organization is not system:nodes'
  if (content.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  if (content.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (content.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed'
  if (content.uris.length > 0) return 'URI subjectAltNames are not allowed'
  if (!content.commonName.startsWith(nodePrefix)) return 'subject common name does not begin with system:node:'
  return usageProblem(usages, 'client auth')
}

export const servingRequestProblem = (content: RequestContent, usages: readonly string[]): string | undefined => {
  if (!isNodesAlone(content)) return 'subject organization is not system:nodes'
  if (content.dnsNames.length === 0 && content.ipAddresses.length === 0) return 'DNS or IP subjectAltName is required'
  if (content.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed'
  if (content.uris.length > 0) return 'URI subjectAltNames are not allowed'
  const problem = usageProblem(usages, 'server auth')
  if (problem !== undefined) return problem
  return content.commonName.startsWith(nodePrefix) ? undefined : 'subject common name does not begin with system:node:'
}

/** Of who is no node. */
export const userRequestProblem = (_content: RequestContent, usages: readonly string[]): string | undefined => {
  const odd = usages.find((usage) => !['digital signature', 'key encipherment', 'client auth'].includes(usage))
  if (odd !== undefined) return `invalid usage for client certificate: ${odd}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

const isNodesAlone = ({ organizations }: RequestContent) => organizations.length === 1 && organizations[0] === nodesGroup

/** A key that is not RSA enciphers no other. */
const usageProblem = (usages: readonly string[], purpose: 'client auth' | 'server auth'): string | undefined => {
  const required = ['digital signature', 'key encipherment', purpose]
  const wanted = new Set(usages)
  const isComplete = required.every((usage) => wanted.delete(usage) || usage === 'key encipherment') && wanted.size === 0
  return isComplete ? undefined : `usages did not match [${required.toSorted().join(' ')}]`
}
