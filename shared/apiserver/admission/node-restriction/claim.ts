import { jsonEqual } from '../../../meta/json-equal.ts'
import type { PersistentVolumeClaim } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

/** A node tells how far it has come in growing a volume, and nothing else. */
export const checkClaim: Check = (request) => {
  const { node, attributes } = request
  const { operation, object, oldObject, subresource } = attributes
  if (subresource !== 'status') throw refuse(request, 'may only update PVC status')
  if (operation !== 'UPDATE') throw refuse(request, `unexpected operation "${operation}"`)
  if (jsonEqual(restOf(object as PersistentVolumeClaim), restOf(oldObject as PersistentVolumeClaim))) return
  throw refuse(request, `node "${node}" is not allowed to update fields other than status.quantity and status.conditions`)
}

const restOf = ({ metadata, status = {}, ...claim }: PersistentVolumeClaim) => {
  const { resourceVersion: _version, managedFields: _fields, ...rest } = metadata
  const { capacity: _capacity, conditions: _conditions, allocatedResources: _resources, ...others } = status
  const { allocatedResourceStatuses: _statuses, ...kept } = others
  return { ...claim, metadata: rest, status: kept }
}
