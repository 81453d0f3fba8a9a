import { setTimeout as delay } from 'node:timers/promises'
import type { ApiHandler } from '../../../shared/apiserver/request.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { type Change, StoreUnavailable } from '../../../shared/storage/store.ts'
import type { History, RecordedChange, RecordedExpiry, RecordedList, RecordedWatch } from './history.ts'
import { getOf, podsOf } from './http-requests.ts'
import { markOf } from './marked-object.ts'
import { podName, type Scope } from './scope.ts'
import type { TailWatcherOptions } from './tail-watchers.ts'

export interface HttpOptions extends TailWatcherOptions {
  readonly handle: ApiHandler
}

interface Following extends HttpOptions {
  readonly scope: Scope
  readonly leaves: number
  /** how likely who leaves comes back with nothing, and asks for what is there */
  readonly forgets: number
  /** how long it stays away then, at most; default 0 */
  readonly awayMs?: number
}

export const watchThroughHttp = (options: HttpOptions): Promise<History>[] => {
  const { from, beginning } = options
  const watch = (start: number, side: Scope['side'], manner: { leaves: number; forgets: number; namespace?: string }) =>
    follow({ ...options, from: start, ...manner, scope: { resource: 'pods', namespace: manner.namespace, side } })
  return [
    watch(from, undefined, { leaves: 0, forgets: 0 }),
    watch(beginning, undefined, { leaves: 0.2, forgets: 0.2, namespace: 'default' }),
    watch(from, 'left', { leaves: 0.2, forgets: 0.4 }),
    watch(beginning, 'right', { leaves: 0, forgets: 0, namespace: 'default' }),
  ]
}

/** The tail sleeps whenever nobody watches: who comes must wake it. */
export const watchAsleepThroughHttp = (options: HttpOptions): Promise<History> =>
  follow({ ...options, scope: { resource: 'pods' }, leaves: 0.3, forgets: 0.3, awayMs: 40 })

const types: Readonly<Record<string, Change['type']>> = { ADDED: 'created', MODIFIED: 'updated', DELETED: 'deleted' }

/** As a client's reflector: from the last resourceVersion seen, of an event or a bookmark, whenever the watch ends; from what is there when that has expired. */
const follow = async (options: Following): Promise<History> => {
  const { store, stop, scope, random } = options
  const through = 'HTTP'
  const watches: RecordedWatch[] = []
  const lists: RecordedList[] = []
  const expiries: RecordedExpiry[] = []
  let begun = options.from
  /** undefined: it has nothing */
  let position = begun as number | undefined
  let changes: RecordedChange[] = []
  let last: number | undefined
  const forget = () => {
    if (position !== undefined) watches.push({ from: begun, position, changes, scope, through })
    position = undefined
    changes = []
  }
  while (last === undefined || position === undefined || position < last) {
    const start = now()
    const there: RecordedList['entries'][number][] = []
    try {
      if (stop.aborted) last ??= await store.revision()
      for await (const { type, object } of eventsOf(options, position, last)) {
        if (type === 'ERROR') {
          // Slow ones are told so too, and may come back as they were.
          if (isSlow(object)) break
          expiries.push({ at: position ?? Number.POSITIVE_INFINITY, end: now(), through })
          forget()
          break
        }
        const revision = Number(object.metadata.resourceVersion)
        const changed = types[type]
        const mark = changed && scope.side === undefined ? markOf(Buffer.from(JSON.stringify(object)), revision) : ''
        const name = changed ? podName(object) : ''
        if (position !== undefined) {
          if (changed) changes.push({ type: changed, name, revision, mark })
          position = revision
        } else if (changed) there.push([name, revision])
        else {
          if (!isInitialEnd(object)) continue
          lists.push({ revision, entries: there, start, end: now(), scope, through: 'initial events' })
          position = revision
          begun = revision
        }
        if (position === undefined) continue
        if (last !== undefined && position >= last) break
        if (random.next() < options.leaves) {
          if (last === undefined && random.next() < options.forgets) forget()
          break
        }
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
    if (options.awayMs && last === undefined) await delay(random.below(options.awayMs))
  }
  forget()
  return { writes: [], reads: [], lists, watches, expiries }
}

const now = () => Number(process.hrtime.bigint())

const isSlow = (object: KubeObject): boolean => String((object as unknown as { message: string }).message).startsWith('too slow')

const isInitialEnd = ({ metadata }: KubeObject): boolean => metadata.annotations?.['k8s.io/initial-events-end'] === 'true'

interface WatchEvent {
  readonly type: string
  readonly object: KubeObject
}

async function* eventsOf(
  { handle, scope, stop }: Following,
  from: number | undefined,
  last: number | undefined,
): AsyncGenerator<WatchEvent> {
  const leave = new AbortController()
  const query = new URLSearchParams({ watch: '1', allowWatchBookmarks: 'true' })
  if (from !== undefined) query.set('resourceVersion', String(from))
  else for (const [name, value] of Object.entries(initialEvents)) query.set(name, value)
  if (scope.side !== undefined) query.set('labelSelector', `side=${scope.side}`)
  // Once there is an end to reach it is not awaited in silence: without it the watch would be for nothing.
  const signal = last === undefined ? AbortSignal.any([leave.signal, stop]) : leave.signal
  try {
    const { status, body } = await getOf(handle, { path: podsOf(scope.namespace), query, signal })
    if (status !== 200 || body instanceof Uint8Array) throw new Error(`a watch from ${from} was answered with ${status}`)
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true })
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const event = JSON.parse(rest.slice(0, end)) as WatchEvent
        rest = rest.slice(end + 1)
        yield event
      }
    }
  } finally {
    leave.abort()
  }
}

const initialEvents = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
