import { nodeOf } from '../authz/node/identity.ts'
import type { AdmissionPlugin } from './admission.ts'
import { checkClaim } from './node-restriction/claim.ts'
import { checkNode } from './node-restriction/node.ts'
import { type Check, refuse } from './node-restriction/node-request.ts'
import { checkCSINode, checkLease } from './node-restriction/own-object.ts'
import { checkPod } from './node-restriction/pod.ts'
import { checkResourceSlice } from './node-restriction/resource-slice.ts'
import { checkSigningRequest } from './node-restriction/signing-request.ts'
import { checkToken } from './node-restriction/token.ts'
import { checkVolume } from './node-restriction/volume.ts'

/**
 * "This admission controller limits the Node and Pod objects a kubelet can modify."
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate: async (attributes, environment) => {
    const { user, definition } = attributes
    const node = nodeOf(user)
    if (node === undefined) return
    const request = { node, attributes, environment }
    if (node === '') throw refuse(request, `could not determine node from user "${user.name}"`)
    await checks[`${definition.group}/${definition.plural}`]?.(request)
  },
}

/** By `group/plural`. */
const checks: Readonly<Record<string, Check>> = {
  '/pods': checkPod,
  '/nodes': checkNode,
  '/persistentvolumeclaims': checkClaim,
  '/persistentvolumes': checkVolume,
  '/serviceaccounts': checkToken,
  'certificates.k8s.io/certificatesigningrequests': checkSigningRequest,
  'coordination.k8s.io/leases': checkLease,
  'storage.k8s.io/csinodes': checkCSINode,
  'resource.k8s.io/resourceslices': checkResourceSlice,
}
