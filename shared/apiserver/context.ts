import type { ObjectKey } from '../meta/object.ts'
import type { SchemaTable } from '../meta/schema.ts'
import { conflict, notFound, objectModified } from '../meta/status.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Random } from '../platform/random.ts'
import type { Reach } from '../reach/reach.ts'
import type { KindDefinition, ServedVersion } from '../resources/definition.ts'
import type { CurrentObjects } from '../storage/current-objects.ts'
import type { LogTail } from '../storage/log-tail.ts'
import type { Store } from '../storage/store.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import type { Authorizer } from './authz/authorizer.ts'
import type { Conversions } from './custom/conversions.ts'
import type { CustomKinds } from './custom/custom-kinds.ts'
import type { Extensions } from './extension/extensions.ts'
import type { KindFinder } from './kind-finder.ts'
import { type Registry, resourceOf } from './registry.ts'
import type { ApiRequest, ApiResponse, User } from './request.ts'
import type { RequestInfo, ResourceRequestInfo, ResourceVerb } from './router.ts'

/** What verbs and subresources work with. */
export interface ApiServerParts {
  readonly store: Store
  readonly logTail: LogTail
  readonly currentObjects: CurrentObjects
  readonly registry: Registry
  readonly schemas: SchemaTable
  readonly authorizer: Authorizer
  /** what subresources do, by name */
  readonly subresources: Readonly<Record<string, SubresourceHandlers>>
  readonly customKinds: CustomKinds
  readonly kinds: KindFinder
  /** resources that are only asked, by the name keys use */
  readonly virtualResources: ReadonlyMap<string, VirtualResource>
  readonly admission: readonly AdmissionPlugin[]
  /** what other servers answer for */
  readonly extensions: Extensions
  /** calls to webhooks and extension servers */
  readonly reach: Reach
  readonly clock: Clock
  readonly log: Logger
  readonly random: Random
}

/** One request on its way through the server. */
export interface RequestContext<Info extends RequestInfo = RequestInfo> {
  readonly parts: ApiServerParts
  readonly request: ApiRequest
  readonly info: Info
  readonly user: User
  /** texts of Warning headers, in order */
  readonly warnings: string[]
  /** what the audit log says of the request besides */
  readonly auditAnnotations: Record<string, string>
}

/** A request on a resource that is served. */
export interface ResourceContext extends RequestContext<ResourceRequestInfo> {
  readonly definition: KindDefinition
  /** the path asks for another version than the stored one; undefined: stored bytes are the answer */
  readonly servedAs?: ServedVersion | undefined
  /** aborts when the kind is no longer this one: who watches it has to look again */
  readonly ended?: AbortSignal | undefined
  /** another one makes the version asked for, and is waited for before anything is read or stored; see served-version.ts */
  readonly conversions?: Conversions | undefined
}

export type SubresourceHandler = (context: ResourceContext) => Promise<ApiResponse>
export type SubresourceHandlers = Readonly<Partial<Record<ResourceVerb, SubresourceHandler>>>

/** A resource that is only asked, never stored: discovery lists it, and each verb of its definition has its own answer. */
export type VirtualResource = SubresourceHandlers & { readonly definition: KindDefinition }

export const keyOf = ({ definition, info }: ResourceContext, name = info.name): ObjectKey => ({
  resource: resourceOf(definition),
  namespace: definition.namespaced ? info.namespace : '',
  name,
})

export const notFoundIn = ({ definition, info }: ResourceContext, name: string) => notFound(info.group, definition.plural, name)

export const conflictIn = ({ definition, info }: ResourceContext, name: string, message = objectModified) =>
  conflict(info.group, definition.plural, name, message)

export const isDryRun = ({ request }: RequestContext) => request.query.has('dryRun')
