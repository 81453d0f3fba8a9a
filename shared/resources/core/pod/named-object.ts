import type { PodSpec, Volume } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'

/** Names of the Secrets that a pod needs in order to run, each once, in the pod's namespace. Those of its claims' volumes are not among them. */
export const secretsNamedBy = (spec: PodSpec): string[] =>
  distinct([
    ...(spec.imagePullSecrets ?? []).map(({ name }) => name),
    ...variablesOf(spec).map(({ secret }) => secret?.name),
    ...(spec.volumes ?? []).flatMap(secretsOfVolume),
  ])

export const configMapsNamedBy = (spec: PodSpec): string[] =>
  distinct([
    ...variablesOf(spec).map(({ configMap }) => configMap?.name),
    ...(spec.volumes ?? []).flatMap(({ configMap, projected }) => [
      configMap?.name,
      ...(projected?.sources ?? []).map((source) => source.configMap?.name),
    ]),
  ])

/** PersistentVolumeClaims; that of an ephemeral volume has the name that its controller gives it. */
export const claimsNamedBy = ({ metadata, spec }: Pod): string[] =>
  distinct(
    (spec.volumes ?? []).map(({ name, persistentVolumeClaim, ephemeral }) =>
      persistentVolumeClaim ? persistentVolumeClaim.claimName : ephemeral && `${metadata.name}-${name}`,
    ),
  )

/** Of a claim made from a template the pod's status has the name, once there is one. */
export const resourceClaimsNamedBy = ({ spec, status }: Pod): string[] =>
  distinct([
    ...(spec.resourceClaims ?? []).map(
      ({ name, resourceClaimName }) =>
        resourceClaimName ?? status?.resourceClaimStatuses?.find((claim) => claim.name === name)?.resourceClaimName,
    ),
    status?.extendedResourceClaimStatus?.resourceClaimName,
  ])

const variablesOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec) =>
  [...initContainers, ...containers, ...ephemeralContainers].flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => ({ secret: valueFrom?.secretKeyRef, configMap: valueFrom?.configMapKeyRef })),
    ...envFrom.map(({ secretRef, configMapRef }) => ({ secret: secretRef, configMap: configMapRef })),
  ])

const secretsOfVolume = (volume: Volume): (string | undefined)[] => [
  volume.secret?.secretName,
  volume.azureFile?.secretName,
  volume.csi?.nodePublishSecretRef?.name,
  ...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
  ...withSecretReference.map((source) => volume[source]?.secretRef?.name),
]

const withSecretReference = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

const distinct = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined && name !== ''))] as string[]
