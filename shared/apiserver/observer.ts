import type { KindDefinition } from '../resources/definition.ts'
import type { Decision } from './authz/authorizer.ts'
import type { ApiRequest, ApiResponse, User } from './request.ts'
import type { RequestInfo } from './router.ts'

/** A request, as far as it has come. */
export interface ObservedRequest {
  readonly request: ApiRequest
  readonly info: RequestInfo
  /** of the resource that is asked for, a custom one once it is looked for; undefined: it is none that is served, whatever the path says */
  definition: KindDefinition | undefined
  readonly receivedMs: number
  /** of the request in the audit log, which its answer names: the client's own, or one that was made for it */
  readonly auditID: string
  /** what admission has to say of it */
  readonly auditAnnotations: Record<string, string>
  /** who asks; undefined: nobody knows */
  caller?: User | undefined
  /** who the caller is taken for; undefined: it came to no decision */
  user?: User | undefined
  /** whether that user may, and why; undefined: it came to no decision */
  decision?: Decision | undefined
  /** of priority and fairness: which FlowSchema and which level the request had; undefined: it did not come so far, or needs none */
  flowHeaders?: Readonly<Record<string, string>> | undefined
}

export interface Answered {
  readonly status: number
  readonly atMs: number
  /** the answer goes on until `ended` */
  readonly streams: boolean
  readonly response: ApiResponse
}

/** Is told what becomes of each request. Must be quick. What it throws is logged, and changes no answer. */
export interface RequestObserver {
  /** when it is known who asks, and before anything is done */
  received?(observed: ObservedRequest): void
  answered(observed: ObservedRequest, answer: Answered): void
  /** only of an answer that streams: its client has it, or has gone */
  ended?(observed: ObservedRequest, atMs: number): void
}
