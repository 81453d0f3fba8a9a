import type { Answered, ObservedRequest, RequestObserver } from '../observer.ts'
import { auditEvent } from './audit-event.ts'

export interface AuditorOptions {
  /** takes one line of JSON */
  readonly write: (line: string) => void
}

/** What is worth knowing who read, changed or entered it: kinds whose values are kept encrypted, and some subresources of any kind. */
const isAudited = ({ info, definition }: ObservedRequest): boolean =>
  definition !== undefined && (definition.encrypted === true || (info.isResource && auditedSubresources.has(info.subresource)))

/** Tokens that stand for a user, and every way into a container or through one. */
const auditedSubresources: ReadonlySet<string> = new Set(['token', 'exec', 'attach', 'portforward', 'proxy', 'log'])

/** Writes an audit log of who read and changed what is secret. */
export const createAuditor = ({ write }: AuditorOptions): RequestObserver => {
  const streaming = new WeakMap<ObservedRequest, Answered>()
  return {
    answered: (observed, answer) => {
      if (!isAudited(observed)) return
      const stage = answer.streams ? 'ResponseStarted' : 'ResponseComplete'
      if (answer.streams) streaming.set(observed, answer)
      write(JSON.stringify(auditEvent(observed, answer, { stage, atMs: answer.atMs })))
    },
    ended: (observed, atMs) => {
      const begun = streaming.get(observed)
      if (!begun) return
      write(JSON.stringify(auditEvent(observed, begun, { stage: 'ResponseComplete', atMs })))
    },
  }
}
