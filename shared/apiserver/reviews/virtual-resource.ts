import type { KindDefinition } from '../../resources/definition.ts'
import type { ResourceContext } from '../context.ts'
import type { ApiResponse } from '../request.ts'

/** A resource that is only asked, never stored: discovery lists it, a create answers. */
export interface VirtualResource {
  readonly definition: KindDefinition
  readonly create: (context: ResourceContext) => Promise<ApiResponse>
}

/** The definition of something that is only created. */
export const reviewDefinition = (options: {
  readonly group: string
  readonly kind: string
  readonly schema: string
  readonly namespaced?: boolean
}): KindDefinition => {
  const { group, kind, schema, namespaced = false } = options
  const singular = kind.toLowerCase()
  return { group, version: 'v1', kind, plural: `${singular}s`, singular, namespaced, schema, verbs: ['create'] }
}
