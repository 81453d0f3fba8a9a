import { ApiError } from '../meta/status.ts'
import type { KindDefinition } from '../resources/definition.ts'
import type { ResourceContext } from './context.ts'
import { methodNotAllowed, pathNotFound } from './paths.ts'
import { resourceOf, verbsOf } from './registry.ts'
import type { ApiResponse } from './request.ts'
import { isResourceVerb, type ResourceRequestInfo, type ResourceVerb } from './router.ts'
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

/** What answers a request on a served resource. Throws for a subresource, path or verb that it has not. */
export const resourceHandler = (context: ResourceContext): ResourceHandler => {
  const { info, definition } = context
  if (!definition.namespaced && info.namespace !== '' && info.namespace !== info.name) throw pathNotFound()
  // Of a custom kind, whatever its path is.
  if (definition.custom) tellDeprecation(context)
  const handler = info.subresource === '' ? mainHandler(context) : subresourceHandler(context)
  if (!definition.custom) tellDeprecation(context)
  return handler
}

const tellDeprecation = ({ definition: { deprecation }, warnings, auditAnnotations }: ResourceContext): void => {
  if (!deprecation) return
  warnings.push(deprecation)
  auditAnnotations['k8s.io/deprecated'] = 'true'
}

const mainHandler = ({ info, definition, parts }: ResourceContext): ResourceHandler => {
  const { verb } = info
  const offered = verbsOf(definition)
  const here = verbsAt(info, definition).filter((one) => offered.includes(one))
  if (here.length === 0) throw pathNotFound()
  // a watch is a list that goes on: its path is there
  if (verb === 'watch' && here.includes('list') && !here.includes('watch')) return unwatchable
  if (!isResourceVerb(verb) || !here.includes(verb)) throw methodNotAllowed()
  const virtual = parts.virtualResources.get(resourceOf(definition))
  return (virtual ?? handlers)[verb]!
}

const unwatchable: ResourceHandler = async ({ definition: { group, plural } }) => {
  const name = group === '' ? plural : `${plural}.${group}`
  throw new ApiError('MethodNotAllowed', `watch is not supported on resources of kind "${name}"`, {
    details: { group: group || undefined, kind: plural },
  })
}

const objectVerbs: readonly ResourceVerb[] = ['get', 'update', 'patch', 'delete']
const collectionVerbs: readonly ResourceVerb[] = ['create', 'deletecollection', 'list', 'watch']
const readVerbs: readonly ResourceVerb[] = ['list', 'watch']

/** What can be done at all at a path: one that names an object, a collection, or a collection over all namespaces. */
const verbsAt = ({ verb, namespace, name }: ResourceRequestInfo, { namespaced }: KindDefinition): readonly ResourceVerb[] => {
  // those on a collection may have their name from the field selector
  const named = name !== '' && (verb === 'create' || (objectVerbs as readonly string[]).includes(verb))
  if (namespaced && namespace === '') return named ? [] : readVerbs
  return named ? objectVerbs : collectionVerbs
}
