import { microTimestamp } from '../../platform/clock.ts'
import type { Answered, ObservedRequest } from '../observer.ts'
import type { ApiRequest, User } from '../request.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { annotationsAt } from './annotations.ts'
import type { AuditStage } from './policy.ts'

export interface AuditMoment {
  readonly stage: AuditStage
  readonly atMs: number
}

/**
 * audit.k8s.io/v1 Event at level Metadata: who asked what of which object, and what came of it; never what the object holds. Messages of
 * refusals are left out, since they may quote it. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 */
export const auditEvent = (
  { request, receivedMs, auditID, caller, user, ...observed }: ObservedRequest,
  { status }: Pick<Answered, 'status'>,
  { stage, atMs }: AuditMoment,
) => {
  const info = observed.info as ResourceRequestInfo
  const query = request.query.toString()
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID,
    stage,
    requestURI: query ? `${request.path}?${query}` : request.path,
    verb: info.verb,
    user: userOf(caller),
    ...(user && user !== caller && { impersonatedUser: userOf(user) }),
    sourceIPs: sourcesOf(request),
    userAgent: request.header('user-agent'),
    objectRef: {
      resource: info.resource,
      namespace: info.namespace || undefined,
      name: info.name || undefined,
      ...(info.group && { apiGroup: info.group }),
      apiVersion: info.version,
      subresource: info.subresource || undefined,
    },
    responseStatus: { metadata: {}, ...(status >= 400 && { status: 'Failure' }), code: status },
    requestReceivedTimestamp: microTimestamp(receivedMs),
    stageTimestamp: microTimestamp(atMs),
    annotations: {
      'authorization.k8s.io/decision': status === 401 || status === 403 ? 'forbid' : 'allow',
      ...annotationsAt('Metadata', observed.auditAnnotations),
    },
  }
}

export const userOf = (user: User | undefined) =>
  user ? { username: user.name, uid: user.uid, groups: user.groups, ...(user.extra && { extra: user.extra }) } : {}

/** What proxies say, which anybody may, and last what is known. */
export const sourcesOf = (request: ApiRequest): string[] | undefined => {
  const forwarded =
    request
      .header('x-forwarded-for')
      ?.split(',')
      .map((address) => address.trim()) ?? []
  const { remoteAddress } = request
  const sources = remoteAddress === undefined || forwarded.at(-1) === remoteAddress ? forwarded : [...forwarded, remoteAddress]
  return sources.length > 0 ? sources : undefined
}
