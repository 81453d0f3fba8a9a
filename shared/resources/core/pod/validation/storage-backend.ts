import { type FieldError, invalidValue, notSupported, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label } from '../../../../meta/names.ts'
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  CSIVolumeSource,
  EphemeralVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  GitRepoVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
  StorageOSVolumeSource,
} from '../../../generated/types.ts'
import { csiDriverName } from '../../../validation/csi-driver-name.ts'
import { descendingPath } from '../../../validation/file-path.ts'
import { templateMetadata } from '../../../validation/template-metadata.ts'
import { optionalOneOf, required, requiredChecked } from '../../../validation/value.ts'
import { validateClaimSpec } from '../../claim/spec-validation.ts'

/** Findings about the source of a volume that stands at `path`. */
export type SourceRule = (path: string, source: never) => FieldError[]

const having =
  (...fields: readonly string[]): SourceRule =>
  (path: string, source: Record<string, unknown>) =>
    fields.flatMap((field) => required(`${path}.${field}`, source[field]))

const partition = (path: string, value: number | undefined): FieldError[] =>
  value !== undefined && (value < 0 || value > 255)
    ? [invalidValue(`${path}.partition`, value, 'must be between 1 and 255, inclusive')]
    : []

const lun = (path: string, value: number): FieldError[] =>
  value < 0 || value > 255 ? [invalidValue(`${path}.lun`, value, 'must be between 0 and 255, inclusive')] : []

const nfs = (path: string, { server, path: target = '' }: NFSVolumeSource): FieldError[] => [
  ...required(`${path}.server`, server),
  ...required(`${path}.path`, target),
  ...(target.startsWith('/') ? [] : [invalidValue(`${path}.path`, target, 'must be an absolute path')]),
]

const gitRepo = (path: string, { repository, directory = '' }: GitRepoVolumeSource): FieldError[] => [
  ...required(`${path}.repository`, repository),
  ...descendingPath(`${path}.directory`, directory),
]

const iscsi = (path: string, source: ISCSIVolumeSource): FieldError[] => [
  ...required(`${path}.targetPortal`, source.targetPortal),
  ...required(`${path}.iqn`, source.iqn),
  ...(source.iqn && !/^(iqn|eui|naa)/.test(source.iqn)
    ? [invalidValue(`${path}.iqn`, source.iqn, 'must be valid format starting with iqn, eui, or naa')]
    : []),
  ...lun(path, source.lun ?? 0),
  ...((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef ? [requiredValue(`${path}.secretRef`)] : []),
]

const fc = (path: string, { targetWWNs = [], wwids = [], lun: number }: FCVolumeSource): FieldError[] => [
  ...(targetWWNs.length === 0 && wwids.length === 0
    ? [requiredValue(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')]
    : []),
  ...(targetWWNs.length > 0 && wwids.length > 0
    ? [invalidValue(`${path}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')]
    : []),
  ...(targetWWNs.length > 0 && number === undefined
    ? [requiredValue(`${path}.lun`, 'lun is required if targetWWNs is specified')]
    : []),
  ...(targetWWNs.length > 0 ? lun(path, number ?? 0) : []),
]

const flocker = (path: string, { datasetName = '', datasetUUID = '' }: FlockerVolumeSource): FieldError[] => [
  ...(datasetName || datasetUUID ? [] : [requiredValue(path, 'one of datasetName and datasetUUID is required')]),
  ...(datasetName && datasetUUID
    ? [invalidValue(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
    : []),
  ...(datasetName.includes('/') ? [invalidValue(`${path}.datasetName`, datasetName, "must not contain '/'")] : []),
]

const flexVolume = (path: string, { driver, options }: FlexVolumeSource): FieldError[] => [
  ...required(`${path}.driver`, driver),
  ...Object.keys(options ?? {})
    .filter((key) => /(^|\.)(kubernetes|k8s)\.io$/i.test(key.split('/')[0] ?? ''))
    .map((key) => invalidValue(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
]

const managedDisk = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

const azureDisk = (path: string, { diskName, diskURI, cachingMode, kind }: AzureDiskVolumeSource): FieldError[] => [
  ...required(`${path}.diskName`, diskName),
  ...required(`${path}.diskURI`, diskURI),
  ...optionalOneOf(`${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite']),
  ...optionalOneOf(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared']),
  ...(diskURI?.startsWith(kind === 'Managed' ? '/subscriptions/' : 'https://')
    ? []
    : [notSupported(`${path}.diskURI`, diskURI ?? '', [kind === 'Managed' ? managedDisk : blobDisk])]),
]

const csi = (path: string, { driver, nodePublishSecretRef }: CSIVolumeSource): FieldError[] => [
  ...csiDriverName(`${path}.driver`, driver),
  ...(nodePublishSecretRef ? required(`${path}.nodePublishSecretRef.name`, nodePublishSecretRef.name) : []),
]

const ephemeral = (path: string, { volumeClaimTemplate }: EphemeralVolumeSource): FieldError[] => {
  if (!volumeClaimTemplate) return [requiredValue(`${path}.volumeClaimTemplate`)]
  return [
    ...templateMetadata(`${path}.volumeClaimTemplate.metadata`, volumeClaimTemplate.metadata),
    ...validateClaimSpec(`${path}.volumeClaimTemplate.spec`, volumeClaimTemplate.spec ?? {}),
  ]
}

/** Sources that our agent does not mount (yet); the API takes them as upstream's does. */
export const storageBackends: Readonly<Record<string, SourceRule>> = {
  gitRepo,
  gcePersistentDisk: (path: string, source: GCEPersistentDiskVolumeSource) => {
    const base = path.replace(/gcePersistentDisk$/, 'persistentDisk')
    return [...required(`${base}.pdName`, source.pdName), ...partition(base, source.partition)]
  },
  awsElasticBlockStore: (path: string, source: AWSElasticBlockStoreVolumeSource) => [
    ...required(`${path}.volumeID`, source.volumeID),
    ...partition(path, source.partition),
  ],
  nfs,
  iscsi,
  glusterfs: having('endpoints', 'path'),
  flocker,
  persistentVolumeClaim: having('claimName'),
  rbd: having('monitors', 'image'),
  cinder: having('volumeID'),
  cephfs: having('monitors'),
  quobyte: (path: string, { registry, volume }: QuobyteVolumeSource) => [
    ...required(`${path}.registry`, registry ?? '', 'must be a host:port pair or multiple pairs separated by commas'),
    ...required(`${path}.volume`, volume),
  ],
  fc,
  flexVolume,
  azureFile: having('secretName', 'shareName'),
  vsphereVolume: having('volumePath'),
  photonPersistentDisk: having('pdID'),
  portworxVolume: having('volumeID'),
  azureDisk,
  storageos: (path: string, { volumeName }: StorageOSVolumeSource) =>
    requiredChecked(`${path}.volumeName`, volumeName, (name) => dns1123Label(name)),
  scaleIO: having('gateway', 'system', 'volumeName'),
  csi,
  ephemeral,
}
