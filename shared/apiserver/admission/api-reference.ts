import { configMapsNamedBy, secretsNamedBy } from '../../resources/core/pod/named-object.ts'
import type { PodSpec, Volume, VolumeProjection } from '../../resources/generated/types.ts'

/**
 * What of the API a pod needs in order to run, in upstream's words (`secrets (via projected volumes)`); undefined: nothing. A mirror pod may need
 * nothing, else a node could read through it what no pod of it names.
 */
export const apiReferenceOf = (spec: PodSpec): string | undefined => {
  const volumes = spec.volumes ?? []
  if (spec.serviceAccountName) return 'serviceaccounts'
  if (secretsNamedBy(spec).length > 0) return 'secrets'
  if (configMapsNamedBy(spec).length > 0) return 'configmaps'
  if (spec.resourceClaims?.length) return 'resourceclaims'
  return volumes.map(volumeReference).find((reference) => reference !== undefined)
}

const volumeReference = (volume: Volume): string | undefined => {
  if (volume.projected) return volume.projected.sources?.map(projectionReference).find((reference) => reference !== undefined)
  return Object.entries(volumeReferences).find(([source]) => volume[source as keyof Volume] !== undefined)?.[1]
}

const volumeReferences: Partial<Record<keyof Volume, string>> = {
  configMap: 'configmaps (via configmap volumes)',
  secret: 'secrets (via secret volumes)',
  csi: 'csidrivers (via CSI volumes)',
  glusterfs: 'endpoints (via glusterFS volumes)',
  persistentVolumeClaim: 'persistentvolumeclaims',
  ephemeral: 'persistentvolumeclaims (via ephemeral volumes)',
  azureFile: 'secrets (via azureFile volumes)',
}

const projectionReference = (source: VolumeProjection): string | undefined =>
  Object.entries(projectionReferences).find(([name]) => source[name as keyof VolumeProjection] !== undefined)?.[1]

const projectionReferences: Partial<Record<keyof VolumeProjection, string>> = {
  configMap: 'configmaps (via projected volumes)',
  secret: 'secrets (via projected volumes)',
  serviceAccountToken: 'serviceaccounts (via projected volumes)',
  clusterTrustBundle: 'clustertrustbundles',
  podCertificate: 'podcertificates',
}
