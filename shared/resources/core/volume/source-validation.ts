import { type FieldError, forbiddenField, invalidValue, requiredValue } from '../../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../../meta/names.ts'
import type {
  AzureFilePersistentVolumeSource,
  CinderPersistentVolumeSource,
  CSIPersistentVolumeSource,
  GlusterfsPersistentVolumeSource,
  ISCSIPersistentVolumeSource,
  LocalVolumeSource,
  PersistentVolumeSpec,
  SecretReference,
  StorageOSPersistentVolumeSource,
} from '../../generated/types.ts'
import { csiDriverName } from '../../validation/csi-driver-name.ts'
import { noBacksteps } from '../../validation/file-path.ts'
import { optionalChecked, required, requiredChecked } from '../../validation/value.ts'
import { type SourceRule, storageBackends } from '../pod/validation/storage-backend.ts'
import { validateHostPath } from '../pod/validation/volume.ts'

const maxInitiatorText = 64
const initiatorForms: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9.-]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
}

const named = (path: string, secret: SecretReference | undefined): FieldError[] =>
  secret ? [...required(`${path}.name`, secret.name), ...required(`${path}.namespace`, secret.namespace)] : []

const secretReference = (path: string, secret: SecretReference | undefined): FieldError[] =>
  secret
    ? [
        ...requiredChecked(`${path}.name`, secret.name, (name) => dns1123Subdomain(name)),
        ...requiredChecked(`${path}.namespace`, secret.namespace, (name) => dns1123Label(name)),
      ]
    : []

const csi = (path: string, source: CSIPersistentVolumeSource): FieldError[] => [
  ...csiDriverName(`${path}.driver`, source.driver),
  ...required(`${path}.volumeHandle`, source.volumeHandle),
  ...secretReference(`${path}.controllerPublishSecretRef`, source.controllerPublishSecretRef),
  ...secretReference(`${path}.controllerExpandSecretRef`, source.controllerExpandSecretRef),
  ...secretReference(`${path}.nodePublishSecretRef`, source.nodePublishSecretRef),
  ...secretReference(`${path}.nodeExpandSecretRef`, source.nodeExpandSecretRef),
]

const initiator = (path: string, name: string): FieldError[] => {
  const form = initiatorForms[name.slice(0, 3)]
  return form?.test(name) ? [] : [invalidValue(path, name, 'must be valid format')]
}

const iscsi =
  (volume: string) =>
  (path: string, source: ISCSIPersistentVolumeSource): FieldError[] => {
    const { targetPortal = '', iqn, lun = 0, initiatorName, secretRef } = source
    return [
      ...required(`${path}.targetPortal`, targetPortal),
      ...(initiatorName !== undefined && `${volume}:${targetPortal}`.length > maxInitiatorText
        ? [
            invalidValue(
              `${path}.targetportal`,
              targetPortal,
              'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
            ),
          ]
        : []),
      ...(iqn ? initiator(`${path}.iqn`, iqn) : [requiredValue(`${path}.iqn`)]),
      ...(lun < 0 || lun > 255 ? [invalidValue(`${path}.lun`, lun, 'must be between 0 and 255, inclusive')] : []),
      ...((source.chapAuthDiscovery || source.chapAuthSession) && !secretRef ? [requiredValue(`${path}.secretRef`)] : []),
      ...(secretRef ? required(`${path}.secretRef.name`, secretRef.name) : []),
      ...(initiatorName === undefined ? [] : initiator(`${path}.initiatorname`, initiatorName)),
    ]
  }

const glusterfs = (path: string, source: GlusterfsPersistentVolumeSource): FieldError[] => {
  const { endpointsNamespace: namespace } = source
  const namespacePath = `${path}.endpointsNamespace`
  return [
    ...required(`${path}.endpoints`, source.endpoints),
    ...required(`${path}.path`, source.path),
    ...(namespace === ''
      ? [invalidValue(namespacePath, '', 'if the endpointnamespace is set, it must be a valid namespace name')]
      : optionalChecked(namespacePath, namespace, (name) => dns1123Label(name))),
  ]
}

const azureFile = (path: string, { secretName, shareName, secretNamespace }: AzureFilePersistentVolumeSource): FieldError[] => [
  ...required(`${path}.secretName`, secretName),
  ...required(`${path}.shareName`, shareName),
  ...(secretNamespace === '' ? [requiredValue(`${path}.secretNamespace`)] : []),
]

const storageos = (path: string, { volumeName, volumeNamespace, secretRef }: StorageOSPersistentVolumeSource): FieldError[] => [
  ...requiredChecked(`${path}.volumeName`, volumeName, (name) => dns1123Label(name)),
  ...optionalChecked(`${path}.volumeNamespace`, volumeNamespace, (name) => dns1123Label(name)),
  ...named(`${path}.secretRef`, secretRef),
]

const local = (path: string, { path: target = '' }: LocalVolumeSource): FieldError[] =>
  target ? noBacksteps(`${path}.path`, target) : [requiredValue(`${path}.path`)]

const cinder = (path: string, { volumeID, secretRef }: CinderPersistentVolumeSource): FieldError[] => [
  ...required(`${path}.volumeID`, volumeID),
  ...named(`${path}.secretRef`, secretRef),
]

/** In the order in which upstream looks at them; those that are not said here are as in a pod. */
const order = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies readonly (keyof PersistentVolumeSpec)[]

export type VolumeSource = Pick<PersistentVolumeSpec, (typeof order)[number]>

/** What of a volume says where it is. */
export const sourceOf = (spec: PersistentVolumeSpec): VolumeSource =>
  Object.fromEntries(order.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])))

/** One source; those behind the first are only refused. `volume`: its name. */
export const validateVolumeSource = (path: string, spec: PersistentVolumeSpec, volume: string): FieldError[] => {
  const rules: Readonly<Record<string, SourceRule>> = {
    ...storageBackends,
    hostPath: validateHostPath,
    glusterfs,
    iscsi: iscsi(volume),
    cinder,
    azureFile,
    storageos,
    local,
    csi,
  }
  const given = order.filter((name) => spec[name] !== undefined)
  return [
    ...given.flatMap((name, index) => [
      ...(index === 0 || name === 'flexVolume'
        ? rules[name]!(`${path}.${name}`, spec[name] as never)
        : [forbiddenField(`${path}.${name === 'cephfs' ? 'cephFS' : name}`, 'may not specify more than 1 volume type')]),
      ...(name === 'local' && index === 0 && !spec.nodeAffinity
        ? [requiredValue(`${path}.nodeAffinity`, 'Local volume requires node affinity')]
        : []),
    ]),
    ...(given.length === 0 ? [requiredValue(path, 'must specify a volume type')] : []),
  ]
}
