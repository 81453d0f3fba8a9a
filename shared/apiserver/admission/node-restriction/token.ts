import type { KubeObject } from '../../../meta/object.ts'
import { notFound } from '../../../meta/status.ts'
import type { Volume } from '../../../resources/generated/types.ts'
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../resources/resource.ts'
import type { AdmissionEnvironment } from '../admission.ts'
import { type Check, type NodeRequest, refuse } from './node-request.ts'

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
  if ((await namesAudience(pod, audience, environment)) || (await mayHave(audience, request))) return
  throw refuse(
    request,
    `audience "${audience}" not found in pod spec volume, ${attributes.user.name} is not authorized to request tokens for this audience`,
  )
}

/** A role may let nodes have tokens for an audience, of the accounts that it names. */
const mayHave = (audience: string, { attributes, environment }: NodeRequest): Promise<boolean> => {
  const { user, namespace, name } = attributes
  const verb = 'request-serviceaccounts-token-audience'
  return environment.authorize(user, { verb, version: 'v1', resource: audience, namespace, name })
}

/** '' is the API server's own. */
const namesAudience = async (pod: Pod, audience: string, environment: AdmissionEnvironment): Promise<boolean> => {
  const volumes = pod.spec.volumes ?? []
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? [])
  if (sources.some(({ serviceAccountToken: token }) => token && (token.audience ?? '') === audience)) return true
  for (const volume of volumes) {
    const driver = await driverOf(pod, volume, environment)
    if (!driver) continue
    const found = (await environment.read('csidrivers.storage.k8s.io', '', driver)) as CSIDriver | undefined
    if (found?.spec.tokenRequests?.some((wanted) => wanted.audience === audience)) return true
  }
  return false
}

const driverOf = async (
  { metadata }: Pod,
  { name, csi, persistentVolumeClaim, ephemeral }: Volume,
  { read }: AdmissionEnvironment,
): Promise<string | undefined> => {
  if (csi) return csi.driver
  const claimName = ephemeral ? `${metadata.name}-${name}` : persistentVolumeClaim?.claimName
  if (claimName === undefined) return undefined
  const claim = (await read('persistentvolumeclaims', metadata.namespace ?? '', claimName)) as PersistentVolumeClaim | undefined
  const volumeName = claim?.spec?.volumeName
  if (!volumeName) return undefined
  return ((await read('persistentvolumes', '', volumeName)) as PersistentVolume | undefined)?.spec?.csi?.driver
}
