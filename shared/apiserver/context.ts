import type { ObjectKey } from '../meta/object.ts'
import { notFound } from '../meta/status.ts'
import type { KindDefinition } from '../resources/definition.ts'
import type { ApiServerParts } from './parts.ts'
import { resourceOf } from './registry.ts'
import type { ApiRequest, User } from './request.ts'
import type { RequestInfo, ResourceRequestInfo } from './router.ts'

/** One request on its way through the server. */
export interface RequestContext<Info extends RequestInfo = RequestInfo> {
  readonly parts: ApiServerParts
  readonly request: ApiRequest
  readonly info: Info
  readonly user: User
  /** texts of Warning headers, in order */
  readonly warnings: string[]
}

/** A request on a resource that is served. */
export interface ResourceContext extends RequestContext<ResourceRequestInfo> {
  readonly definition: KindDefinition
}

export const keyOf = ({ definition, info }: ResourceContext, name = info.name): ObjectKey => ({
  resource: resourceOf(definition),
  namespace: definition.namespaced ? info.namespace : '',
  name,
})

export const notFoundIn = ({ definition }: ResourceContext, name: string) => notFound(definition.group, definition.plural, name)

export const isDryRun = ({ request }: RequestContext) => request.query.has('dryRun')
