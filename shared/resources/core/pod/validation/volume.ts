import { duplicateValue, type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../../../meta/names.ts'
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeSource,
  HostPathVolumeSource,
  ImageVolumeSource,
  SecretVolumeSource,
  Volume,
} from '../../../generated/types.ts'
import { fileMode, noBacksteps } from '../../../validation/file-path.ts'
import { createSeen, each, optionalOneOf, required, requiredChecked } from '../../../validation/value.ts'
import { validatePullPolicy } from './container.ts'
import { validateProjected } from './projected-volume.ts'
import { isNegative } from './resource-amount.ts'
import { type SourceRule, storageBackends } from './storage-backend.ts'
import { validateDownwardFile, validateKeyToPath } from './volume-file.ts'

export interface VolumeOwner {
  /** The volume is a pod's, not a template's. */
  readonly isPod: boolean
  /** of the pod */
  readonly name?: string | undefined
}

export const validateVolumes = (path: string, volumes: readonly Volume[] | undefined, owner: VolumeOwner): FieldError[] => {
  const seen = createSeen()
  return each(path, volumes, (volumePath, volume) => [
    ...validateSource(volumePath, volume, owner),
    ...requiredChecked(`${volumePath}.name`, volume.name, dns1123Label),
    ...(seen(volume.name) ? [duplicateValue(`${volumePath}.name`, volume.name)] : []),
  ])
}

/** Exactly one source; those behind the first are only refused. */
const validateSource = (path: string, volume: Volume, owner: VolumeOwner): FieldError[] => {
  const given = order.flatMap((field) => {
    const source = volume[field]
    return source === undefined ? [] : [{ field, errors: () => sources[field]?.(`${path}.${field}`, source as never) ?? [] }]
  })
  const [first, ...rest] = given
  if (!first) return [requiredValue(path, 'must specify a volume type')]
  return [
    ...first.errors(),
    ...rest.map(({ field }) =>
      forbiddenField(`${path}.${otherNames[field] ?? field}`, 'may not specify more than 1 volume type'),
    ),
    ...(volume.ephemeral && owner.name ? validateClaimName(path, volume.name, owner.name) : []),
    ...(volume.image && owner.isPod ? required(`${path}.image.reference`, volume.image.reference ?? '') : []),
  ]
}

/** as upstream misspells them there */
const otherNames: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

const validateClaimName = (path: string, volumeName: string, podName: string): FieldError[] => {
  const claim = `${podName}-${volumeName}`
  return dns1123Subdomain(claim).map((message) =>
    invalidValue(`${path}.name`, volumeName, `PVC name ${JSON.stringify(claim)}: ${message}`),
  )
}

export const validateHostPath = (path: string, { path: target, type }: HostPathVolumeSource): FieldError[] =>
  target
    ? [
        ...noBacksteps(`${path}.path`, target),
        ...optionalOneOf(`${path}.type`, type, [
          '',
          'BlockDevice',
          'CharDevice',
          'Directory',
          'DirectoryOrCreate',
          'File',
          'FileOrCreate',
          'Socket',
        ]),
      ]
    : [requiredValue(`${path}.path`)]

const secret = (path: string, { secretName, defaultMode, items }: SecretVolumeSource): FieldError[] => [
  ...required(`${path}.secretName`, secretName),
  ...fileMode(`${path}.defaultMode`, defaultMode),
  ...each(`${path}.items`, items, validateKeyToPath),
]

const configMap = (path: string, { name, defaultMode, items }: ConfigMapVolumeSource): FieldError[] => [
  ...required(`${path}.name`, name),
  ...fileMode(`${path}.defaultMode`, defaultMode),
  ...each(`${path}.items`, items, validateKeyToPath),
]

const downwardAPI = (path: string, { defaultMode, items }: DownwardAPIVolumeSource): FieldError[] => [
  ...fileMode(`${path}.defaultMode`, defaultMode),
  // upstream leaves the index out
  ...(items ?? []).flatMap((file) => validateDownwardFile(path, file)),
]

const emptyDir = (path: string, { sizeLimit }: { sizeLimit?: string | undefined }): FieldError[] =>
  sizeLimit !== undefined && isNegative(sizeLimit)
    ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
    : []

/** As upstream looks for them: the first is the one that counts. */
const order = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const satisfies readonly (keyof Volume)[]

const sources: Readonly<Record<string, SourceRule>> = {
  emptyDir,
  hostPath: validateHostPath,
  secret,
  configMap,
  downwardAPI,
  projected: validateProjected,
  image: (path: string, { pullPolicy }: ImageVolumeSource) => validatePullPolicy(`${path}.pullPolicy`, pullPolicy),
  ...storageBackends,
}

/** The names that mounts may refer to. */
export const volumesByName = (volumes: readonly Volume[] | undefined): ReadonlyMap<string, Volume> =>
  new Map((volumes ?? []).map((volume) => [volume.name, volume]))
