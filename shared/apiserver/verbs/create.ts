import { badRequest } from '../../meta/status.ts'
import { readObject } from '../body.ts'
import { isDryRun, type ResourceContext } from '../context.ts'
import { createObject } from '../objects/create.ts'
import { checkWriteOptions } from '../objects/write-options.ts'
import { negotiate, objectForms } from '../represent/negotiate.ts'
import { respondObject } from '../represent/respond.ts'
import type { ApiResponse } from '../request.ts'

export const createVerb = async (context: ResourceContext): Promise<ApiResponse> => {
  const { request, definition, info } = context
  checkWriteOptions(request, 'CreateOptions')
  const representation = negotiate(request, objectForms)
  const object = await readObject(context)
  if (definition.namespaced && info.namespace === '') {
    throw badRequest('an empty namespace may not be set during creation')
  }
  const bytes = await createObject(context, object, { dryRun: isDryRun(context) })
  return respondObject(context, representation, { status: 201, bytes })
}
