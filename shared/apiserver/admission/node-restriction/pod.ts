import { jsonEqual } from '../../../meta/json-equal.ts'
import { notFound } from '../../../meta/status.ts'
import type { Pod } from '../../../resources/resource.ts'
import { apiReferenceOf } from '../api-reference.ts'
import { type Check, type NodeRequest, refuse } from './node-request.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

export const checkPod: Check = async (request) => {
  const { node, attributes } = request
  const { operation, object, oldObject, subresource } = attributes
  if (subresource === 'status') return checkPodStatus(request)
  if (subresource === 'eviction') return checkEviction(request)
  if (subresource !== '') {
    throw refuse(request, `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`)
  }
  if (operation === 'CREATE') return checkMirrorPod(request, object as Pod)
  if (operation === 'UPDATE') {
    throw refuse(request, `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`)
  }
  if ((oldObject as Pod).spec.nodeName !== node) {
    throw refuse(request, `node "${node}" can only delete pods with spec.nodeName set to itself`)
  }
}

const checkPodStatus = (request: NodeRequest): void => {
  const { node, attributes } = request
  const [object, old] = [attributes.object as Pod, attributes.oldObject as Pod]
  if (old.spec.nodeName !== node) {
    throw refuse(request, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`)
  }
  if (!jsonEqual(object.metadata.labels ?? {}, old.metadata.labels ?? {})) {
    throw refuse(request, `node "${node}" cannot update labels through pod status`)
  }
  if (!jsonEqual(object.status?.resourceClaimStatuses ?? [], old.status?.resourceClaimStatuses ?? [])) {
    throw refuse(request, `node "${node}" cannot update resource claim statues`)
  }
  if (!jsonEqual(object.status?.extendedResourceClaimStatus, old.status?.extendedResourceClaimStatus)) {
    throw refuse(request, `node "${node}" cannot update extended resource claim status`)
  }
}

const checkEviction = async (request: NodeRequest): Promise<void> => {
  const { node, attributes, environment } = request
  const pod = (await environment.read('pods', attributes.namespace, attributes.name)) as Pod | undefined
  if (!pod) throw notFound('', 'pods', attributes.name)
  if (pod.spec.nodeName !== node) throw refuse(request, `node ${node} can only evict pods with spec.nodeName set to itself`)
}

const checkMirrorPod = async (request: NodeRequest, { metadata, spec }: Pod): Promise<void> => {
  const { node, environment } = request
  if (metadata.annotations?.[mirrorAnnotation] === undefined) {
    throw refuse(request, `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`)
  }
  if (spec.nodeName !== node) throw refuse(request, `node "${node}" can only create pods with spec.nodeName set to itself`)
  const [owner, ...others] = metadata.ownerReferences ?? []
  if (others.length > 0) throw refuse(request, `node "${node}" can only create pods with a single owner reference set to itself`)
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    throw refuse(request, `node "${node}" can only create pods with an owner reference set to itself`)
  }
  if (!owner.controller) {
    throw refuse(request, `node "${node}" can only create pods with a controller owner reference set to itself`)
  }
  if (owner.blockOwnerDeletion) throw refuse(request, `node "${node}" must not set blockOwnerDeletion on an owner reference`)
  const self = await environment.read('nodes', '', node)
  if (!self) throw notFound('', 'nodes', node)
  if (owner.uid !== self.metadata.uid) {
    throw refuse(request, `node ${node} UID mismatch: expected ${owner.uid} got ${self.metadata.uid}`)
  }
  const reference = apiReferenceOf(spec)
  if (reference) throw refuse(request, `node "${node}" can not create pods that reference ${reference}`)
}
