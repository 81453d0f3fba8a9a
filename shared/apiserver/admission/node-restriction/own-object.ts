import { type Check, type NodeRequest, refuse } from './node-request.ts'

const leaseNamespace = 'kube-node-lease'

/** A create does not say the name in its path. */
const nameIn = ({ attributes: { operation, object, name } }: NodeRequest) =>
  operation === 'CREATE' ? object?.metadata.name : name

export const checkLease: Check = (request) => {
  if (request.attributes.namespace !== leaseNamespace) {
    throw refuse(request, `can only access leases in the "${leaseNamespace}" system namespace`)
  }
  if (nameIn(request) !== request.node)
    throw refuse(request, 'can only access node lease with the same name as the requesting node')
}

export const checkCSINode: Check = (request) => {
  if (nameIn(request) !== request.node) throw refuse(request, 'can only access CSINode with the same name as the requesting node')
}
