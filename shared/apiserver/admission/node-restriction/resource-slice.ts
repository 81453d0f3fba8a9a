import type { ResourceSlice } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

/** What the authorizer can't see: the new object of a creation, and each of a deletion of many. */
export const checkResourceSlice: Check = (request) => {
  const { operation, object, oldObject } = request.attributes
  if (operation === 'UPDATE') return
  const slice = (object ?? oldObject) as ResourceSlice
  if (slice.spec.nodeName === request.node) return
  const verb = operation === 'CREATE' ? 'create' : 'delete'
  throw refuse(request, `can only ${verb} ResourceSlice with the same NodeName as the requesting node`)
}
