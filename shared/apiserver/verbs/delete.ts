import type { ResourceContext } from '../context.ts'
import { type DeleteResult, deleteObject } from '../objects/delete.ts'
import { readDeleteOptions } from '../objects/delete-options.ts'
import { negotiate, objectForms } from '../represent/negotiate.ts'
import { respondObject, respondStatus, successStatus } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

export const deleteVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, info, definition } = context
  const representation = negotiate(request, objectForms)
  const options = await readDeleteOptions(context)
  const result = await deleteObject(context, info.name, options)
  const status = !result.removed && options.orphanDependents === false ? 202 : 200
  if (!result.removed || definition.returnsDeleted) {
    return respondObject(context, representation, { status, bytes: result.bytes })
  }
  return respondStatus(request, representation, {
    ...removedStatus(context, result),
    ...(status === 200 ? {} : { code: status }),
  })
}

const removedStatus = ({ definition, info }: ResourceContext, { object: { metadata } }: DeleteResult) =>
  successStatus({ name: metadata.name, group: info.group || undefined, kind: definition.plural, uid: metadata.uid })
