import type { KubeObject } from '../../../meta/object.ts'
import { notFound } from '../../../meta/status.ts'
import type { Pod } from '../../../resources/resource.ts'
import { type Check, refuse } from './node-request.ts'

interface TokenRequest extends KubeObject {
  spec?: { audiences?: string[]; boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string } }
}

/** Tokens are for the pods that run there, and for whom their volumes say. */
export const checkToken: Check = async (request) => {
  const { node, attributes, environment } = request
  if (attributes.subresource !== 'token') return
  const { audiences = [], boundObjectRef } = (attributes.object as TokenRequest).spec ?? {}
  const { apiVersion, kind, name, uid } = boundObjectRef ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || !name) throw refuse(request, 'node requested token not bound to a pod')
  if (!uid) throw refuse(request, 'node requested token with a pod binding without a uid')
  const pod = (await environment.read('pods', attributes.namespace, name)) as Pod | undefined
  if (!pod) throw notFound('', 'pods', name)
  if (uid !== pod.metadata.uid) {
    throw refuse(
      request,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec.nodeName !== node) {
    throw refuse(request, 'node requested token bound to a pod scheduled on a different node')
  }
  if (audiences.length > 1) throw refuse(request, 'node may only request 0 or 1 audiences')
  const [audience = ''] = audiences
  if (!namesAudience(pod, audience)) {
    throw refuse(
      request,
      `audience "${audience}" not found in pod spec volume, ${attributes.user.name} is not authorized to request tokens for this audience`,
    )
  }
}

/** '' is the API server's own. */
const namesAudience = ({ spec }: Pod, audience: string): boolean =>
  spec.volumes?.some(({ projected }) =>
    projected?.sources?.some(
      ({ serviceAccountToken }) => serviceAccountToken && (serviceAccountToken.audience ?? '') === audience,
    ),
  ) ?? false
