import { randomUUID } from 'node:crypto'
import { ApiError, internalError } from '../meta/status.ts'
import { type Authenticator, anonymous } from './authn/authenticator.ts'
import { impersonate } from './authn/impersonation.ts'
import { attributesOf } from './authz/authorize-request.ts'
import { forbiddenFor } from './authz/forbidden.ts'
import type { ApiServerParts, RequestContext, ResourceContext } from './context.ts'
import { passOn } from './extension/pass-on.ts'
import type { FlowControl } from './flowcontrol/flow-control.ts'
import { takingTurns } from './flowcontrol/taking-turns.ts'
import type { ObservedRequest, RequestObserver } from './observer.ts'
import { notServed, type PathHandler, pathNotFound } from './paths.ts'
import type { ServedKind } from './registry.ts'
import { respondError } from './represent/respond.ts'
import { warningHeader } from './represent/warning-header.ts'
import type { ApiHandler, ApiRequest, ApiResponse, User } from './request.ts'
import { resourceHandler } from './resource-handler.ts'
import { parseRequest } from './router.ts'
import { translateStoreError } from './store-error.ts'
import { overWebSocket } from './streams/over-websocket.ts'

export interface PipelineOptions {
  readonly parts: ApiServerParts
  readonly authenticators: readonly Authenticator[]
  /** what is not one of the resources, the first that answers */
  readonly paths: readonly PathHandler[]
  readonly observers?: readonly RequestObserver[] | undefined
  /** what needs no credentials; undefined: whatever roles give to who has none */
  readonly anonymousPaths?: ReadonlySet<string> | undefined
  /** undefined: everybody is served at once */
  readonly flowControl?: FlowControl | undefined
}

/** Authenticate, authorize, route, handle; whatever goes wrong becomes a Status. */
export const createPipeline = (options: PipelineOptions): ApiHandler => {
  const { parts, authenticators, paths, observers = [], anonymousPaths, flowControl } = options
  const inTurn = flowControl && takingTurns(flowControl, parts)
  const receivers = observers.filter(({ received }) => received)
  const answer = async (observed: ObservedRequest, served: ServedKind | undefined): Promise<ApiResponse> => {
    const { request, info } = observed
    // Most is known at once; a turn of the queue each adds up.
    const asked = authenticate(authenticators, request, anonymousPaths?.has(info.path) ?? true)
    const caller = asked instanceof Promise ? await asked : asked
    observed.caller = caller
    for (const observer of receivers) safely(parts.log, observed, () => observer.received?.(observed))
    const impersonated = impersonate(request, caller, parts.authorizer)
    const user = impersonated instanceof Promise ? await impersonated : impersonated
    observed.user = user
    const work = (seated: ApiRequest) => respond(observed, { request: seated, served, user })
    return inTurn ? inTurn(observed, work) : work(request)
  }
  const respond = async (
    observed: ObservedRequest,
    { request, served, user }: { request: ApiRequest; served: ServedKind | undefined; user: User },
  ): Promise<ApiResponse> => {
    const { info, auditAnnotations } = observed
    const context: RequestContext = { parts, request, info, user, warnings: [], auditAnnotations }
    const decided = parts.authorizer.authorize(attributesOf(request, user, info))
    observed.decision = decided instanceof Promise ? await decided : decided
    if (observed.decision.verdict !== 'allow') throw forbiddenFor(user, info, observed.decision.reason)
    // what was warned of before something failed is told too
    let response: ApiResponse
    try {
      const found = await dispatch(context, { paths, served, observed })
      response = request.upgrade ? await overWebSocket(request, info, found) : found
    } catch (error) {
      response = await respondError(request, apiErrorOf(parts, request, error))
    }
    const warning = warningHeader(context.warnings)
    if (warning) response.headers.warning = warning
    return response
  }
  return async (request) => {
    const info = parseRequest(request)
    const served = info.isResource ? parts.registry.find(info.group, info.version, info.resource) : undefined
    const observed: ObservedRequest = {
      request,
      info,
      definition: served?.definition,
      receivedMs: parts.clock.now(),
      auditID: request.header('audit-id') || randomUUID(),
      auditAnnotations: {},
    }
    let response: ApiResponse
    try {
      response = await answer(observed, served)
    } catch (error) {
      response = await respondError(request, apiErrorOf(parts, request, error))
    }
    response.headers['audit-id'] = observed.auditID
    if (observed.flowHeaders) Object.assign(response.headers, observed.flowHeaders)
    if (response.size !== undefined && isWantedWhole(request, info)) response = await gathered(response)
    for (const observer of observers) observe(observer, observed, { response, parts })
    return response
  }
}

const isWantedWhole = ({ audit }: ApiRequest, { verb }: ObservedRequest['info']) =>
  audit?.wantsResponse === true && verb === 'list'

/** The audit log is to have what was answered, and has it as a whole. */
const gathered = async ({ size: _, ...response }: ApiResponse): Promise<ApiResponse> => {
  const chunks: Uint8Array[] = []
  if (response.body instanceof Uint8Array) return response
  for await (const chunk of response.body) chunks.push(chunk)
  return { ...response, body: Buffer.concat(chunks) }
}

const observe = (
  observer: RequestObserver,
  observed: ObservedRequest,
  { response, parts }: { response: ApiResponse; parts: Pick<ApiServerParts, 'clock' | 'log'> },
): void => {
  const { clock, log } = parts
  const { status, body } = response
  // Who has left HTTP goes on until the connection ends.
  const streams = status === 101 || !(body instanceof Uint8Array)
  safely(log, observed, () => observer.answered(observed, { status, streams, response, atMs: clock.now() }))
  if (!streams || !observer.ended) return
  const { signal } = observed.request
  const end = () => safely(log, observed, () => observer.ended?.(observed, clock.now()))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
}

/** What was written is written, and is to be told: a full disk of the log takes no answer away. */
const safely = (log: ApiServerParts['log'], { request }: ObservedRequest, tell: () => void): void => {
  try {
    tell()
  } catch (error) {
    log.error('a request can not be noted', { path: request.path, error })
  }
}

const dispatch = async (
  context: RequestContext,
  { paths, served, observed }: { paths: readonly PathHandler[]; served: ServedKind | undefined; observed: ObservedRequest },
): Promise<ApiResponse> => {
  const { info } = context
  if (served && !served.definition.yields) return answerOwn(context, served)
  const extension = await context.parts.extensions.at(info.path)
  if (extension) return passOn(context, extension)
  if (served) return answerOwn(context, served)
  const custom = info.isResource ? await context.parts.customKinds.find(info) : undefined
  if (info.isResource && custom) {
    const { schemas = context.parts.schemas, definition, ...kind } = custom
    observed.definition = definition
    const resource: ResourceContext = { ...context, info, definition, ...kind, parts: { ...context.parts, schemas } }
    return resourceHandler(resource)(resource)
  }
  for (const path of paths) {
    const response = await path(context)
    if (response) return response
  }
  throw info.isResource ? notServed(info) : pathNotFound()
}

/** What is built in. */
const answerOwn = (context: RequestContext, served: ServedKind): Promise<ApiResponse> => {
  const { info } = context
  if (!info.isResource) throw pathNotFound()
  const resource: ResourceContext = { ...context, info, ...served }
  return resourceHandler(resource)(resource)
}

const authenticate = (
  authenticators: readonly Authenticator[],
  request: ApiRequest,
  mayBeAnonymous: boolean,
): User | Promise<User> => {
  for (let index = 0; index < authenticators.length; index++) {
    const found = authenticators[index]!.authenticate(request)
    if (found instanceof Promise) {
      const others = authenticators.slice(index + 1)
      return found.then((user) => user ?? authenticate(others, request, mayBeAnonymous))
    }
    if (found) return found
  }
  if (mayBeAnonymous) return anonymous
  throw new ApiError('Unauthorized', 'Unauthorized')
}

const apiErrorOf = ({ log }: ApiServerParts, request: ApiRequest, error: unknown): ApiError => {
  const translated = translateStoreError(error)
  if (translated instanceof ApiError) {
    if (translated.code >= 500 && translated.reason !== 'Timeout') {
      log.warn('request failed', { method: request.method, path: request.path, error: translated })
    }
    return translated
  }
  log.error('request failed', { method: request.method, path: request.path, error })
  return internalError(error)
}
