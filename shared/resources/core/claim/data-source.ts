import type { PersistentVolumeClaimSpec } from '../../generated/types.ts'

const isClaimOrSnapshot = ({ dataSource }: PersistentVolumeClaimSpec): boolean => {
  const group = dataSource?.apiGroup ?? ''
  if (dataSource?.kind === 'PersistentVolumeClaim') return group === ''
  return dataSource?.kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io'
}

/** The older of the two fields takes only what it always took, without a word; then both say the same. */
export const alignDataSources = (spec: PersistentVolumeClaimSpec, old?: PersistentVolumeClaimSpec): void => {
  // other namespaces are behind a feature gate that is off
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef
  const inUse = old?.dataSource !== undefined || old?.dataSourceRef !== undefined
  if (!inUse && !spec.dataSourceRef && !isClaimOrSnapshot(spec)) delete spec.dataSource
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource, apiGroup: dataSource.apiGroup ?? undefined }
  else if (dataSourceRef && !dataSource && !dataSourceRef.namespace) {
    const { namespace: _namespace, ...source } = dataSourceRef
    spec.dataSource = source
  }
}
