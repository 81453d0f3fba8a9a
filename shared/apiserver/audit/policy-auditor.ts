import { microTimestamp } from '../../platform/clock.ts'
import { isLongRunning } from '../long-running.ts'
import type { Answered, ObservedRequest, RequestObserver } from '../observer.ts'
import type { ApiResponse } from '../request.ts'
import { annotationsAt } from './annotations.ts'
import { sourcesOf, userOf } from './audit-event.ts'
import { AuditRecord, contentOf } from './audit-record.ts'
import { type AuditPolicy, type AuditStage, compilePolicy } from './policy.ts'

export interface PolicyAuditorOptions {
  readonly policy: AuditPolicy
  /** takes one line of JSON */
  readonly write: (line: string) => void
}

interface Answer {
  readonly responseStatus: unknown
  readonly responseObject: unknown
}

const longestUserAgent = 1024

/** Writes audit.k8s.io/v1 Events as a policy wants them. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
export const createPolicyAuditor = ({ policy, write }: PolicyAuditorOptions): RequestObserver => {
  const configOf = compilePolicy(policy)
  const records = new WeakMap<ObservedRequest, { readonly record: AuditRecord; answer?: Answer }>()
  const tell = (observed: ObservedRequest, record: AuditRecord, moment: { stage: AuditStage; atMs: number; answer?: Answer }) => {
    if (!record.config.omitsStage(moment.stage)) write(JSON.stringify(eventOf(observed, record, moment)))
  }
  return {
    received: (observed) => {
      const config = configOf(observed.caller, observed.info)
      if (config.level === 'None') return
      const record = new AuditRecord(config)
      observed.request.audit = record
      records.set(observed, { record })
      tell(observed, record, { stage: 'RequestReceived', atMs: observed.receivedMs })
    },
    answered: (observed, answered) => {
      const { atMs, streams } = answered
      const known = records.get(observed)
      if (!known) {
        if (!observed.caller) tellOfNobody(observed, answered)
        return
      }
      const { record } = known
      const answer = answerOf(observed, record, answered)
      known.answer = answer
      if (isLongRunning(observed.info)) {
        const begun = { ...answer, responseObject: undefined }
        tell(observed, record, { stage: 'ResponseStarted', atMs, answer: begun })
      }
      if (!streams) tell(observed, record, { stage: 'ResponseComplete', atMs, answer })
    },
    ended: (observed, atMs) => {
      const known = records.get(observed)
      if (known?.answer) tell(observed, known.record, { stage: 'ResponseComplete', atMs, answer: known.answer })
    },
  }

  /** Whose credentials are good for nothing is told of once. */
  function tellOfNobody(observed: ObservedRequest, { status, atMs }: Answered): void {
    const config = configOf(undefined, observed.info)
    if (config.level === 'None') return
    const message = `Authentication failed, ${attempted(observed)}`
    const responseStatus = { metadata: {}, message, code: status }
    tell(observed, new AuditRecord(config), {
      stage: 'ResponseStarted',
      atMs,
      answer: { responseStatus, responseObject: undefined },
    })
  }
}

const attempted = ({ request }: ObservedRequest): string => {
  const authorization = request.header('authorization') ?? ''
  const methods = [
    ...(/^basic /i.test(authorization) ? ['basic'] : []),
    ...(/^bearer /i.test(authorization) ? ['bearer'] : []),
    ...(request.query.get('access_token') ? ['access_token'] : []),
  ]
  return methods.length > 0 ? `attempted: ${methods.join(', ')}` : 'no credentials provided'
}

const answerOf = ({ info }: ObservedRequest, record: AuditRecord, { status, response }: Answered): Answer => {
  // Paths that nobody serves are answered without an object elsewhere.
  const said = info.isResource || status !== 404 ? statusIn(response, status) : undefined
  return {
    responseStatus: { metadata: {}, ...said, code: status },
    responseObject: info.isResource && !isLongRunning(info) ? record.responseObject(response) : undefined,
  }
}

/** Only an error, or what a deletion answers, is a Status. */
const statusIn = (response: ApiResponse, code: number) => {
  const { body } = response
  if (!(body instanceof Uint8Array) || (code < 400 && !startsAsStatus(body))) return undefined
  const value = contentOf(response) as Record<string, unknown> | undefined
  if (value?.kind !== 'Status') return undefined
  const { status, message, reason, details } = value
  return { status, message, reason, details }
}

const statusStart = '{"kind":"Status"'
const startsAsStatus = (body: Uint8Array) =>
  body.length < 4096 && Buffer.from(body.buffer, body.byteOffset, statusStart.length).toString('latin1') === statusStart

const eventOf = (
  observed: ObservedRequest,
  record: AuditRecord,
  { stage, atMs, answer }: { stage: AuditStage; atMs: number; answer?: Answer },
) => {
  const { request, info, caller, user, decision } = observed
  const begun = stage !== 'RequestReceived'
  const query = request.rawQuery ?? request.query.toString()
  const agent = request.header('user-agent')
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: record.config.level,
    auditID: observed.auditID,
    stage,
    requestURI: query ? `${request.path}?${query}` : request.path,
    verb: info.verb,
    user: userOf(caller),
    ...(begun && user && user !== caller && { impersonatedUser: userOf(user) }),
    sourceIPs: sourcesOf(request),
    userAgent: agent && agent.length > longestUserAgent ? `${agent.slice(0, longestUserAgent)}...TRUNCATED` : agent,
    objectRef: info.isResource
      ? {
          resource: info.resource || undefined,
          namespace: info.namespace || record.named.namespace || undefined,
          name: info.name || record.named.name || undefined,
          uid: record.named.uid || undefined,
          apiGroup: info.group || undefined,
          apiVersion: info.version || undefined,
          resourceVersion: record.named.resourceVersion || undefined,
          subresource: info.subresource || undefined,
        }
      : undefined,
    responseStatus: answer?.responseStatus,
    requestObject: begun && info.isResource ? record.requestObject : undefined,
    responseObject: answer?.responseObject,
    requestReceivedTimestamp: microTimestamp(observed.receivedMs),
    stageTimestamp: microTimestamp(atMs),
    annotations: begun ? annotationsOf(annotationsAt(record.config.level, observed.auditAnnotations), decision) : undefined,
  }
}

const annotationsOf = (auditAnnotations: Readonly<Record<string, string>>, decision: ObservedRequest['decision']) => {
  if (!decision && Object.keys(auditAnnotations).length === 0) return undefined
  return {
    ...(decision && {
      'authorization.k8s.io/decision': decision.verdict === 'allow' ? 'allow' : 'forbid',
      'authorization.k8s.io/reason': decision.reason ?? '',
    }),
    ...auditAnnotations,
  }
}
