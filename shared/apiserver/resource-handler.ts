import type { ResourceContext } from './context.ts'
import { methodNotAllowed, pathNotFound } from './paths.ts'
import { resourceOf, verbsOf } from './registry.ts'
import type { ApiResponse } from './request.ts'
import type { ResourceVerb } from './router.ts'
import { subresourceHandler } from './subresources/subresource.ts'
import { createVerb } from './verbs/create.ts'
import { deleteVerb } from './verbs/delete.ts'
import { deleteCollectionVerb } from './verbs/delete-collection.ts'
import { getVerb } from './verbs/get.ts'
import { listVerb } from './verbs/list.ts'
import { patchVerb } from './verbs/patch.ts'
import { updateVerb } from './verbs/update.ts'
import { watchVerb } from './verbs/watch.ts'

export type ResourceHandler = (context: ResourceContext) => Promise<ApiResponse>

const handlers: Readonly<Record<ResourceVerb, ResourceHandler>> = {
  get: getVerb,
  list: listVerb,
  watch: watchVerb,
  create: createVerb,
  update: updateVerb,
  patch: patchVerb,
  delete: deleteVerb,
  deletecollection: deleteCollectionVerb,
}

/** What answers a request on a served resource. Throws for a subresource or verb that it has not. */
export const resourceHandler = (context: ResourceContext): ResourceHandler => {
  const { info, definition, parts } = context
  if (definition.deprecation) context.warnings.push(definition.deprecation)
  if (!definition.namespaced && info.namespace !== '' && info.namespace !== info.name) throw pathNotFound()
  if (info.subresource !== '') return subresourceHandler(context)
  if (!isOffered(context)) throw methodNotAllowed()
  if (info.verb === 'impersonate' || !verbsOf(definition).includes(info.verb)) throw methodNotAllowed()
  const virtual = parts.virtualResources.get(resourceOf(definition))
  return virtual && info.verb === 'create' ? virtual.create : handlers[info.verb]
}

/** Which verbs a path takes: one that names an object, a collection, or a collection over all namespaces. */
const objectVerbs: ReadonlySet<string> = new Set(['get', 'update', 'patch', 'delete'])
const collectionVerbs: ReadonlySet<string> = new Set(['create', 'deletecollection'])
const readVerbs: ReadonlySet<string> = new Set(['list', 'watch'])

const isOffered = ({ info, definition }: ResourceContext): boolean => {
  const { verb, namespace, name } = info
  if (readVerbs.has(verb)) return true
  if (definition.namespaced && namespace === '') return false
  if (objectVerbs.has(verb)) return name !== ''
  // a deletecollection may have its name from the field selector
  return collectionVerbs.has(verb) && (name === '' || verb === 'deletecollection')
}
