import { ApiError, internalError } from '../meta/status.ts'
import { type Authenticator, anonymous } from './authn/authenticator.ts'
import { impersonate } from './authn/impersonation.ts'
import { attributesOf, authorize } from './authz/authorize-request.ts'
import type { ApiServerParts, RequestContext, ResourceContext } from './context.ts'
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
}

/** Authenticate, authorize, route, handle; whatever goes wrong becomes a Status. */
export const createPipeline = (options: PipelineOptions): ApiHandler => {
  const { parts, authenticators, paths, observers = [], anonymousPaths } = options
  const answer = async (observed: ObservedRequest, served: ServedKind | undefined): Promise<ApiResponse> => {
    const { request, info } = observed
    const caller = await authenticate(authenticators, request, anonymousPaths?.has(info.path) ?? true)
    observed.caller = caller
    const user = await impersonate(request, caller, parts.authorizer)
    observed.user = user
    const { auditAnnotations } = observed
    const context: RequestContext = { parts, request, info, user, warnings: [], auditAnnotations }
    await authorize(parts.authorizer, attributesOf(request, user, info))
    // what was warned of before something failed is told too
    const response = await dispatch(context, { paths, served, observed })
      .then((found) => (request.upgrade ? overWebSocket(request, info, found) : found))
      .catch((error) => respondError(request, apiErrorOf(parts, request, error)))
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
      auditAnnotations: {},
    }
    let response: ApiResponse
    try {
      response = await answer(observed, served)
    } catch (error) {
      response = await respondError(request, apiErrorOf(parts, request, error))
    }
    for (const observer of observers) observe(observer, observed, { response, parts })
    return response
  }
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
  /** What was written is written, and is to be told: a full disk of the log takes no answer away. */
  const safely = (tell: () => void) => {
    try {
      tell()
    } catch (error) {
      log.error('a request can not be noted', { path: observed.request.path, error })
    }
  }
  safely(() => observer.answered(observed, { status, streams, atMs: clock.now() }))
  if (!streams || !observer.ended) return
  const { signal } = observed.request
  const end = () => safely(() => observer.ended?.(observed, clock.now()))
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
}

const dispatch = async (
  context: RequestContext,
  { paths, served, observed }: { paths: readonly PathHandler[]; served: ServedKind | undefined; observed: ObservedRequest },
): Promise<ApiResponse> => {
  const { info } = context
  if (info.isResource && served) {
    const resource: ResourceContext = { ...context, info, ...served }
    return resourceHandler(resource)(resource)
  }
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

const authenticate = async (
  authenticators: readonly Authenticator[],
  request: ApiRequest,
  mayBeAnonymous: boolean,
): Promise<User> => {
  for (const authenticator of authenticators) {
    const user = await authenticator.authenticate(request)
    if (user) return user
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
