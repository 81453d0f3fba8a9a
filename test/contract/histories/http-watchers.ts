import { peerAuthenticator } from '../../../shared/apiserver/authn/peer.ts'
import { staticAuthorizer } from '../../../shared/apiserver/authz/static-rules.ts'
import { createApiServer } from '../../../shared/apiserver/create-api-server.ts'
import type { ApiHandler } from '../../../shared/apiserver/request.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { type Clock, systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'
import { type Change, StoreUnavailable } from '../../../shared/storage/store.ts'
import type { RecordedChange, RecordedWatch, Side } from './history.ts'
import { markOf } from './marked-object.ts'
import type { TailWatcherOptions } from './tail-watchers.ts'

/** An hour in two seconds: bookmarks come every 30 ms, and a watch is ended by the server after a second or two. */
const hastyClock: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms / 2000, signal) }

const user = { name: 'watcher', groups: ['system:masters'] }

export const watchThroughHttp = (options: TailWatcherOptions): Promise<RecordedWatch[]>[] => {
  const { handle } = createApiServer({
    store: options.store,
    logTail: options.tail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator],
    authorizer: staticAuthorizer,
    admission: [],
    clock: hastyClock,
    log: createLogger({ write: () => undefined }),
  })
  const watch = (from: number, side: Side | undefined, leaves: number) => follow({ ...options, handle, from, side, leaves })
  return [watch(options.from, undefined, 0), watch(1, undefined, 0.2), watch(options.from, 'left', 0.2), watch(1, 'right', 0)]
}

interface Following extends TailWatcherOptions {
  readonly handle: ApiHandler
  readonly side: Side | undefined
  readonly leaves: number
}

const types: Readonly<Record<string, Change['type']>> = { ADDED: 'created', MODIFIED: 'updated', DELETED: 'deleted' }

/** As a client's reflector: from the last resourceVersion seen, of an event or a bookmark, whenever the watch ends. */
const follow = async (options: Following): Promise<RecordedWatch[]> => {
  const { store, stop, from, side } = options
  const changes: RecordedChange[] = []
  let position = from
  let last: number | undefined
  while (last === undefined || position < last) {
    try {
      if (stop.aborted) last ??= await store.revision()
      for await (const { type, object } of eventsOf(options, position, last)) {
        const revision = Number(object.metadata.resourceVersion)
        const changed = types[type]
        if (changed) {
          const mark = side === undefined ? markOf(Buffer.from(JSON.stringify(object)), revision) : ''
          changes.push({ type: changed, name: object.metadata.name, revision, mark })
        }
        position = revision
        if (last !== undefined && position >= last) break
        if (options.random.next() < options.leaves) break
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
  const through = `HTTP${side === undefined ? '' : `, side ${side}`}`
  return [{ from, position, changes, through, ...(side === undefined ? {} : { side }) }]
}

interface WatchEvent {
  readonly type: string
  readonly object: KubeObject
}

async function* eventsOf({ handle, side, stop }: Following, from: number, last: number | undefined): AsyncGenerator<WatchEvent> {
  const leave = new AbortController()
  const query = new URLSearchParams({ watch: '1', allowWatchBookmarks: 'true', resourceVersion: String(from) })
  if (side !== undefined) query.set('labelSelector', `side=${side}`)
  // Once there is an end to reach it is not awaited in silence: without it the watch would be for nothing.
  const signal = last === undefined ? AbortSignal.any([leave.signal, stop]) : leave.signal
  try {
    const { status, body } = await handle({
      method: 'GET',
      path: '/api/v1/namespaces/default/pods',
      query,
      header: () => undefined,
      body: async () => new Uint8Array(),
      signal,
      peer: user,
    })
    if (status !== 200 || body instanceof Uint8Array) throw new Error(`a watch from ${from} was answered with ${status}`)
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true })
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const event = JSON.parse(rest.slice(0, end)) as WatchEvent
        rest = rest.slice(end + 1)
        if (event.type === 'ERROR') return
        yield event
      }
    }
  } finally {
    leave.abort()
  }
}
