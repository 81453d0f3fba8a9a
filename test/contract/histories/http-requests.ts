import { peerAuthenticator } from '../../../shared/apiserver/authn/peer.ts'
import { createApiServer } from '../../../shared/apiserver/create-api-server.ts'
import type { ApiHandler, ApiResponse } from '../../../shared/apiserver/request.ts'
import { type Clock, systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import type { Store } from '../../../shared/storage/store.ts'

/** An hour in two seconds: bookmarks come every 30 ms, and a watch is ended by the server after a second or two. */
const hastyClock: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms / 2000, signal) }

const user = { name: 'watcher', groups: ['system:masters'] }

export const serveHistories = ({ store, tail }: { store: Store; tail: LogTail }): ApiHandler =>
  createApiServer({
    store,
    logTail: tail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator],
    admission: [],
    clock: hastyClock,
    log: createLogger({ write: () => undefined }),
  }).handle

export const podsOf = (namespace: string | undefined): string =>
  namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`

export const getOf = (
  handle: ApiHandler,
  { path, query, signal }: { path: string; query: URLSearchParams; signal: AbortSignal },
): Promise<ApiResponse> =>
  handle({ method: 'GET', path, query, header: () => undefined, body: async () => new Uint8Array(), signal, peer: user })
