import type { AuditLevel } from './policy.ts'

/** What a webhook patched is part of the request's body, and told of where that is. */
const ofBodies = 'patch.webhook.admission.k8s.io/'

/** What may be said of a request at a level. */
export const annotationsAt = (
  level: AuditLevel,
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  if (level === 'Request' || level === 'RequestResponse') return annotations
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(ofBodies)))
}
