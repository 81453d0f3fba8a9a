import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { trackWrite } from '../apply/track-write.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { decodePatched } from '../objects/decode.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { nameMissing } from '../objects/name-missing.ts'
import { isApply, readPatch } from '../objects/patch.ts'
import { askedType, fromStored } from '../objects/served-version.ts'
import { checkNamesRevision, updateObject } from '../objects/update.ts'
import { mainRules, statusRules, subresourceRules, type UpdateRules } from '../objects/update-rules.ts'
import { checkWriteOptions } from '../objects/write-options.ts'
import { negotiate } from '../represent/negotiate.ts'
import { formsOf } from '../represent/object-forms.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'
import { applyWith } from './apply.ts'

const patchWith =
  (rules: UpdateRules) =>
  async (context: ResourceContext): Promise<ApiResponse> => {
    const { request, info, parts, definition } = context
    if (isApply(request)) return applyWith(rules)(context)
    const { schema } = askedType(context)
    checkWriteOptions(request, 'PatchOptions')
    const representation = negotiate(request, formsOf(context))
    const patch = await readPatch(context)
    const { bytes } = await updateObject(context, {
      name: info.name,
      transform: (read) => {
        const apply = (current: KubeObject) => patch.apply(fromStored(context, current), { schema, schemas: parts.schemas })
        const current = read!()
        const { resourceVersion } = current.metadata
        // Decoding changes what it is given; only an error needs the text of what that was.
        const patched = apply(current)
        const by = { shown: () => patch.shown(apply(read!())), refused: patch.refused() }
        const object = decodePatched(context, patched, by)
        matchNamespace(definition, object.metadata, info.namespace)
        if (!object.metadata.name) throw nameMissing(info.name)
        if (object.metadata.name !== info.name) {
          throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`)
        }
        checkNamesRevision(context, object)
        // The revision it was applied to is no wish of the client's: after a conflict it is applied again.
        if (object.metadata.resourceVersion === resourceVersion) delete object.metadata.resourceVersion
        return object
      },
      unconditional: true,
      subresource: info.subresource,
      rules,
      track: trackWrite,
      dryRun: isDryRun(context),
    })
    return respondObject(context, representation, { bytes })
  }

export const patchVerb = patchWith(mainRules)
export const patchStatus = patchWith(statusRules)
export const patchSubresource = patchWith(subresourceRules)
