import { type FieldError, forbiddenField } from '../../meta/field-error.ts'
import type { ObjectLookup } from '../definition.ts'
import type { AllocationResult, DeviceRequest } from '../generated/types.ts'
import { namespaces } from '../resource.ts'

const label = 'resource.kubernetes.io/admin-access'

const adminRequest = (requests: readonly DeviceRequest[] | null | undefined): number =>
  (requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true)

const adminResult = (allocation: AllocationResult | undefined): number =>
  (allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true)

const needsLabel = async (path: string, namespace: string, lookup: ObjectLookup): Promise<FieldError[]> =>
  (await lookup(namespaces, '', namespace))?.metadata.labels?.[label] === 'true'
    ? []
    : [forbiddenField(path, `admin access to devices requires the \`${label}: true\` label on the containing namespace`)]

/**
 * "Administrators can label a namespace to allow its users to have admin access to devices."
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#admin-access
 */
export const requestsAsAdmin = async (
  requests: readonly DeviceRequest[] | null | undefined,
  namespace: string,
  lookup: ObjectLookup,
): Promise<FieldError[]> => {
  const index = adminRequest(requests)
  return index < 0 ? [] : needsLabel(`spec.devices.requests[${index}].adminAccess`, namespace, lookup)
}

export const allocatesAsAdmin = async (
  { now, old }: { readonly now: AllocationResult | undefined; readonly old: AllocationResult | undefined },
  namespace: string,
  lookup: ObjectLookup,
): Promise<FieldError[]> => {
  const index = adminResult(old) < 0 ? adminResult(now) : -1
  return index < 0 ? [] : needsLabel(`status.allocation.devices.results[${index}].adminAccess`, namespace, lookup)
}
