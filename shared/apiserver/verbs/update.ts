import { badRequest } from '../../meta/status.ts'
import { trackWrite } from '../apply/track-write.ts'
import { readObject } from '../body.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { nameMissing } from '../objects/name-missing.ts'
import { updateObject } from '../objects/update.ts'
import { mainRules, statusRules, subresourceRules, type UpdateRules } from '../objects/update-rules.ts'
import { checkWriteOptions } from '../objects/write-options.ts'
import { negotiate } from '../represent/negotiate.ts'
import { formsOf } from '../represent/object-forms.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

/** PUT of a whole object, to the main resource or its status. */
export const replaceWith =
  (rules: UpdateRules, { mayCreate }: { mayCreate: boolean }) =>
  async (context: ResourceContext): Promise<ApiResponse> => {
    const { request, info, definition } = context
    checkWriteOptions(request, 'UpdateOptions')
    const representation = negotiate(request, formsOf(context))
    const body = await readObject(context)
    matchNamespace(definition, body.metadata, info.namespace)
    const { name = '' } = body.metadata
    if (name === '') throw nameMissing(info.name)
    if (name !== info.name) {
      throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
    }
    // Who names a revision tries once.
    const revision = body.metadata.resourceVersion
    const once = revision !== undefined && revision !== '' && revision !== '0' && !(mayCreate && definition.createOnUpdate)
    const { bytes, created } = await updateObject(context, {
      name: info.name,
      transform: () => (once ? body : structuredClone(body)),
      subresource: info.subresource,
      rules,
      track: trackWrite,
      dryRun: isDryRun(context),
      uid: body.metadata.uid || undefined,
      mayCreate,
    })
    return respondObject(context, representation, { status: created ? 201 : 200, bytes })
  }

export const updateVerb = replaceWith(mainRules, { mayCreate: true })
export const updateStatus = replaceWith(statusRules, { mayCreate: true })
export const updateSubresource = replaceWith(subresourceRules, { mayCreate: false })
