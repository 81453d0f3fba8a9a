const annotation = 'api-approved.kubernetes.io'
const see = 'see https://github.com/kubernetes/enhancements/pull/1111'

/** Groups of the community's, whose APIs somebody has approved of. */
export const isProtectedGroup = (group: string): boolean => /(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)

export type ApprovalState = 'approved' | 'bypassed' | 'invalid' | 'missing'

export interface Approval {
  readonly state: ApprovalState
  readonly reason: string
}

export const approvalPath = `metadata.annotations[${annotation}]`

export const approvalText = (annotations: Readonly<Record<string, string>> | undefined): string => annotations?.[annotation] ?? ''

/** What the annotation says of a protected group. */
export const approvalOf = (annotations: Readonly<Record<string, string>> | undefined): Approval => {
  const text = approvalText(annotations)
  if (text === '') return { state: 'missing', reason: `protected groups must have approval annotation "${annotation}", ${see}` }
  if (text.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${JSON.stringify(text)}` }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]/.test(text)) return { state: 'approved', reason: `approved in ${text}` }
  const reason = `protected groups must have approval annotation "${annotation}" with either a URL or a reason starting with "unapproved", ${see}`
  return { state: 'invalid', reason }
}
