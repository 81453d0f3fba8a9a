import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDefaultAdmission } from '../../../shared/apiserver/admission/default-plugins.ts'
import { peerAuthenticator } from '../../../shared/apiserver/authn/peer.ts'
import { createServiceAccountAuthenticator } from '../../../shared/apiserver/authn/service-account.ts'
import { createTokens } from '../../../shared/apiserver/authn/tokens.ts'
import { type ApiServerOptions, createApiServer } from '../../../shared/apiserver/create-api-server.ts'
import { flowControlResources } from '../../../shared/apiserver/flowcontrol/configuration.ts'
import { type FlowControl, type FlowControlOptions, openFlowControl } from '../../../shared/apiserver/flowcontrol/flow-control.ts'
import type { ApiHandler, ApiResponse, User } from '../../../shared/apiserver/request.ts'
import { createInProcessClient } from '../../../shared/client/in-process.ts'
import { clusterRoleAggregationController } from '../../../shared/controllers/clusterrole-aggregation.ts'
import { defaultRoleResources, reconcileDefaultRoles } from '../../../shared/controllers/default-roles/default-roles.ts'
import { createEventSink } from '../../../shared/controllers/event/event-recorder.ts'
import { ensureFlowControlDefaults } from '../../../shared/controllers/flowcontrol/default-configuration.ts'
import type { KubeObject } from '../../../shared/meta/object.ts'
import { ApiError } from '../../../shared/meta/status.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import { createLogger } from '../../../shared/platform/log.ts'
import type { Random } from '../../../shared/platform/random.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { LogTail } from '../../../shared/storage/log-tail.ts'
import type { Store } from '../../../shared/storage/store.ts'
import { createStoreCache } from '../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'

export const admin: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** The same names and numbers in every run (mulberry32). */
const seededRandom = (seed = 1): Random => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const hex = (length: number) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('')
  return {
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
    integer: (below) => Math.floor(next() * below),
  }
}

export interface CallOptions {
  readonly body?: unknown
  /** several values: several lines */
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly user?: User | null
  readonly signal?: AbortSignal
}

export interface Answer<T = KubeObject> {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: T
}

/** As at each start of a cluster. */
const makeDefaultRoles = async ({ store, logTail, handle }: { store: Store; logTail: LogTail; handle: ApiHandler }) => {
  const cache = await createStoreCache({
    store,
    tail: logTail,
    resources: defaultRoleResources,
  })
  const client = createInProcessClient(handle, admin)
  const log = createLogger({ write: () => undefined })
  const events = createEventSink({ client, clock: systemClock, log }).recorder('test')
  await cache.sync()
  const context = { client, cache, clock: systemClock, log, events }
  await reconcileDefaultRoles(context)
  await cache.sync()
  // view is part of edit, and edit of admin
  for (const name of ['view', 'edit', 'admin']) {
    await clusterRoleAggregationController.reconcile(name, context)
    await cache.sync()
  }
  cache.close()
}

/** The real API server over a real store in a folder of its own. */
export interface TestServer {
  readonly handle: ApiHandler
  call<T = KubeObject & Record<string, unknown>>(method: string, url: string, options?: CallOptions): Promise<Answer<T>>
  raw(method: string, url: string, options?: CallOptions): Promise<ApiResponse>
  makeNamespace(name: string): Promise<void>
  /** of priority and fairness, where that has seats to give */
  flowMetrics(): FlowControl['metrics']
  readonly store: Store
  readonly logs: string[]
  stop(): Promise<void>
}

export interface TestServerOptions extends Partial<ApiServerOptions> {
  /** the roles and bindings of every cluster are there; default false */
  readonly defaultRoles?: boolean
  /** how much of the log is kept in memory */
  readonly heldChanges?: number
  /** priority and fairness over so many seats, with upstream's objects; default: everybody is served at once */
  readonly seats?: Pick<FlowControlOptions, 'totalSeats' | 'maxWaitMs'>
}

/** What is no text nor bytes goes as JSON. */
const bytesOf = (body: unknown): Uint8Array => {
  if (body === undefined) return new Uint8Array()
  return body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

export const startTestServer = async ({
  heldChanges,
  defaultRoles,
  seats,
  ...changes
}: TestServerOptions = {}): Promise<TestServer> => {
  const path = mkdtempSync(join(tmpdir(), 'windlass-apiserver-'))
  const store = await openLmdbStore({ path })
  const logTail = await openLogTail({ store, heldChanges })
  const logs: string[] = []
  const clock = { ...systemClock }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const tokens = createTokens({
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: 'https://kubernetes.default.svc.cluster.local',
    clock,
    random: seededRandom(),
  })
  const flowControl = seats && (await openFlowControl({ store, logTail, ...seats }))
  const { handle } = createApiServer({
    flowControl,
    store,
    logTail,
    definitions,
    schemas: loadSchemas(),
    authenticators: [peerAuthenticator, createServiceAccountAuthenticator({ tokens, store, clock })],
    admission: createDefaultAdmission(),
    tokens,
    clock,
    random: seededRandom(),
    log: createLogger({ write: (line) => logs.push(line) }),
    ...changes,
  })
  const raw: TestServer['raw'] = (method, url, options = {}) => {
    const [requestPath = '', query = ''] = url.split('?')
    const headers: Record<string, string | string[]> = { 'content-type': 'application/json', ...options.headers }
    const { body } = options
    const bytes = bytesOf(body)
    return handle({
      method,
      path: requestPath,
      query: new URLSearchParams(query),
      rawHeaders: Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((line) => [name, line])),
      header: (name) => [headers[name]].flat().join(', ') || undefined,
      body: async (limit) => {
        if (bytes.length > limit) throw new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
        return bytes
      },
      signal: options.signal ?? new AbortController().signal,
      ...(options.user === null ? {} : { peer: options.user ?? admin }),
    })
  }
  const call: TestServer['call'] = async (method, url, options) => {
    const response = await raw(method, url, options)
    const chunks: Uint8Array[] = []
    if (response.body instanceof Uint8Array) chunks.push(response.body)
    else for await (const chunk of response.body) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const isJson = (response.headers['content-type'] ?? '').includes('json') && !response.headers['content-encoding']
    return { code: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }
  if (defaultRoles) await makeDefaultRoles({ store, logTail, handle })
  if (seats) {
    const cache = await createStoreCache({ store, tail: logTail, resources: flowControlResources })
    await ensureFlowControlDefaults({ cache, client: createInProcessClient(handle, admin) })
    await cache.sync()
    cache.close()
  }
  return {
    handle,
    raw,
    call,
    makeNamespace: async (name) => {
      await call('POST', '/api/v1/namespaces', { body: { metadata: { name } } })
      await call('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
    },
    flowMetrics: () => flowControl?.metrics ?? [],
    store,
    logs,
    stop: async () => {
      flowControl?.close()
      await logTail.close()
      await store.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}
