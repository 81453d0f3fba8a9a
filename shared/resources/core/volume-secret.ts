import type { PersistentVolume } from '../resource.ts'

export interface SecretKey {
  readonly namespace: string
  readonly name: string
}

/** The Secrets that a node needs for a volume, not those of attaching it or of growing it from outside. */
export const nodeSecretsOfVolume = ({ spec }: PersistentVolume): SecretKey[] => {
  const { azureFile, cephfs, flexVolume, rbd, scaleIO, iscsi, cinder, storageos, csi } = spec ?? {}
  const inClaims = [
    azureFile && { namespace: azureFile.secretNamespace ?? undefined, name: azureFile.secretName },
    ...[cephfs, flexVolume, rbd, scaleIO, iscsi].map((source) => source?.secretRef),
  ]
  const elsewhere = [
    ...[cinder, storageos].map((source) => source?.secretRef),
    ...[csi?.nodePublishSecretRef, csi?.nodeStageSecretRef, csi?.nodeExpandSecretRef],
  ]
  const keysOf = (references: typeof elsewhere, otherwise: string) =>
    references.flatMap((reference) =>
      reference?.name ? [{ namespace: reference.namespace || otherwise, name: reference.name }] : [],
    )
  return [...keysOf(inClaims, spec?.claimRef?.namespace ?? ''), ...keysOf(elsewhere, '')]
}
