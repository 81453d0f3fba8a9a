import type { ObjectReference } from '../../resources/generated/types.ts'

/** What is to be written for an occurrence: nothing, a new Event, or one more count of an Event written before. */
export type Verdict =
  | { readonly write: 'nothing' }
  | { readonly write: 'event'; readonly key: string; readonly message: string; readonly known: KnownEvent | undefined }

export interface KnownEvent {
  readonly name: string
  readonly namespace: string
  count: number
}

export interface Occurrence {
  readonly component: string
  readonly regarding: ObjectReference
  readonly type: string
  readonly reason: string
  readonly message: string
}

export interface Correlator {
  judge(occurrence: Occurrence, nowMs: number): Verdict
  /** The Event of this key stands now; more of the same are counted on it. */
  written(key: string, event: KnownEvent): void
  forget(key: string): void
}

/** kubelet's and client-go's numbers: 25 Events an object and source, then one each 5 min; more than 10 that differ in text only are combined */
const burst = 25
const refillMs = 300_000
const similarLimit = 10
const similarWindowMs = 600_000
const remembered = 4096

export const createCorrelator = (): Correlator => {
  const budgets = recentMap<{ tokens: number; atMs: number }>()
  const similar = recentMap<{ texts: Set<string>; atMs: number }>()
  const events = recentMap<KnownEvent>()

  const allowed = (key: string, nowMs: number): boolean => {
    const { tokens, atMs } = budgets.get(key) ?? { tokens: burst, atMs: nowMs }
    const now = Math.min(burst, tokens + (nowMs - atMs) / refillMs)
    budgets.set(key, { tokens: now >= 1 ? now - 1 : now, atMs: nowMs })
    return now >= 1
  }

  const combine = (key: string, text: string, nowMs: number): boolean => {
    const before = similar.get(key)
    const record = before && nowMs - before.atMs <= similarWindowMs ? before : { texts: new Set<string>(), atMs: nowMs }
    record.atMs = nowMs
    record.texts.add(text)
    similar.set(key, record)
    if (record.texts.size < similarLimit) return false
    for (const oldest of record.texts) {
      record.texts.delete(oldest)
      break
    }
    return true
  }

  return {
    judge: ({ component, regarding, type, reason, message }, nowMs) => {
      const { apiVersion = '', kind = '', namespace = '', name = '', uid = '', fieldPath = '' } = regarding
      const source = [component, apiVersion, kind, namespace, name, uid].join('\n')
      if (!allowed(source, nowMs)) return { write: 'nothing' }
      const group = [source, fieldPath, type, reason].join('\n')
      const combined = combine(group, message, nowMs)
      const key = combined ? group : `${group}\n${message}`
      const text = combined ? `(combined from similar events): ${message}` : message
      return { write: 'event', key, message: text, known: events.get(key) }
    },
    written: (key, event) => events.set(key, event),
    forget: (key) => events.delete(key),
  }
}

/** Forgets what was not touched for longest. */
const recentMap = <V>() => {
  const map = new Map<string, V>()
  return {
    get: (key: string) => map.get(key),
    set: (key: string, value: V) => {
      map.delete(key)
      map.set(key, value)
      if (map.size > remembered)
        for (const oldest of map.keys()) {
          map.delete(oldest)
          break
        }
    },
    delete: (key: string) => {
      map.delete(key)
    },
  }
}
