import type { JsonObject } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import type { ResourceContext } from '../context.ts'
import { admit, mutate } from '../objects/admit.ts'
import { attributesOf } from '../objects/attributes.ts'

/** Admission of a connection, about what it is asked with, as an object of a kind of core/v1. Answers that, which admission may have changed. */
export const admitConnection = async <T extends JsonObject>(context: ResourceContext, kind: string, options: T): Promise<T> => {
  if (context.request.query.has('dryRun')) throw badRequest('dryRun is not supported')
  const bodyKind = { group: '', version: 'v1', kind }
  const object = options as unknown as KubeObject
  const attributes = attributesOf(context, { operation: 'CONNECT', bodyKind, object, oldObject: undefined, dryRun: false })
  await mutate(context.parts, attributes)
  await admit(context.parts, attributes)
  return object as unknown as T
}
