import type { Subresources } from '../../resources/definition.ts'
import { notFoundIn, type ResourceContext, type SubresourceHandler, type SubresourceHandlers } from '../context.ts'
import { methodNotAllowed, pathNotFound } from '../paths.ts'
import { isResourceVerb } from '../router.ts'
import { getVerb } from '../verbs/get.ts'
import { patchStatus, patchSubresource } from '../verbs/patch.ts'
import { updateStatus, updateSubresource } from '../verbs/update.ts'
import { createBinding } from './binding.ts'
import { createEviction } from './eviction.ts'
import { updateFinalize } from './finalize.ts'
import { getScale, patchScale, updateScale } from './scale.ts'

const updating: SubresourceHandlers = { get: getVerb, update: updateSubresource, patch: patchSubresource }

/** What subresources do, by name; which kinds have them is on their definitions. */
export const builtInSubresources: Readonly<Record<string, SubresourceHandlers>> = {
  status: { get: getVerb, update: updateStatus, patch: patchStatus },
  resize: updating,
  scale: { get: getScale, update: updateScale, patch: patchScale },
  approval: updating,
  binding: { create: createBinding },
  eviction: { create: createEviction },
  ephemeralcontainers: updating,
  finalize: { update: updateFinalize },
}

export const subresourceHandler = (context: ResourceContext): SubresourceHandler => {
  const { definition, info, parts } = context
  const { subresource, verb, name } = info
  if (!isOffered(definition.subresources ?? {}, subresource) || name === '') {
    throw definition.custom && name !== '' ? notFoundIn(context, name) : pathNotFound()
  }
  const handler = isResourceVerb(verb) ? parts.subresources[subresource]?.[verb] : undefined
  if (!handler) throw methodNotAllowed()
  return handler
}

export const isOffered = ({ status, scale, others = {} }: Subresources, subresource: string): boolean => {
  if (subresource === 'status') return Boolean(status)
  return subresource === 'scale' ? scale !== undefined : Object.hasOwn(others, subresource)
}
