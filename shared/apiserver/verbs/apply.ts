import { badRequest, conflict } from '../../meta/status.ts'
import { applyObject, applyTargetOf } from '../apply/apply-object.ts'
import { checkDuplicates, readApply } from '../apply/read-applied.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { matchNamespace } from '../objects/metadata.ts'
import { nameMissing } from '../objects/name-missing.ts'
import { checkNamesRevision, updateObject } from '../objects/update.ts'
import type { UpdateRules } from '../objects/update-rules.ts'
import { checkWriteOptions } from '../objects/write-options.ts'
import { negotiate } from '../represent/negotiate.ts'
import { formsOf } from '../represent/object-forms.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

/** Server-side apply: what the client wants of an object's fields, which is then theirs; the object is made if there is none. */
export const applyWith =
  (rules: UpdateRules) =>
  async (context: ResourceContext): Promise<ApiResponse> => {
    const { request, info, definition } = context
    checkWriteOptions(request, 'PatchOptions', true)
    const representation = negotiate(request, formsOf(context))
    const { duplicates, ...what } = await readApply(request)
    const { bytes, created } = await updateObject(context, {
      name: info.name,
      transform: (read) => {
        const current = read?.()
        const object = applyObject(applyTargetOf(context), current, what)
        checkDuplicates(context, duplicates)
        if (!current && object.metadata.uid) {
          throw conflict(
            info.group,
            definition.plural,
            info.name,
            `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`,
          )
        }
        matchNamespace(definition, object.metadata, info.namespace)
        if (!object.metadata.name) throw nameMissing(info.name)
        if (object.metadata.name !== info.name) {
          throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${info.name})`)
        }
        if (current) checkNamesRevision(context, object)
        // The revision it was applied to is no wish of the client's: after a conflict it is applied again.
        if (object.metadata.resourceVersion === current?.metadata.resourceVersion) delete object.metadata.resourceVersion
        return object
      },
      unconditional: true,
      applies: info.subresource === '' || definition.createOnUpdate === true,
      subresource: info.subresource,
      rules,
      dryRun: isDryRun(context),
    })
    return respondObject(context, representation, { status: created ? 201 : 200, bytes })
  }
