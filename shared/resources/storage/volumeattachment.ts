import { type FieldError, forbiddenField, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { age, boolean, nameColumn, text } from '../column.ts'
import { defaultVolumeSpec } from '../core/persistentvolume.ts'
import { validateInlineSpec } from '../core/volume/spec-validation.ts'
import { define } from '../definition.ts'
import type { VolumeAttachmentSource, VolumeAttachmentStatus, VolumeError } from '../generated/types.ts'
import { resetMetadata } from '../keep-metadata.ts'
import type { VolumeAttachment } from '../resource.ts'
import { csiDriverName } from '../validation/csi-driver-name.ts'
import { isEquivalent } from '../validation/equality.ts'
import { checked, required } from '../validation/value.ts'

const maxMetadataBytes = 256 * 1024
const maxMessageBytes = 1024

const validateSource = (path: string, source: VolumeAttachmentSource): FieldError[] => {
  const { inlineVolumeSpec: spec, persistentVolumeName: name } = source
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (spec) return name === undefined ? validateInlineSpec(`${path}.inlineVolumeSpec`, spec) : [forbiddenField(path, exactlyOne)]
  if (name === undefined) return [requiredValue(path, exactlyOne)]
  return name ? [] : [requiredValue(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName')]
}

const validateError = (path: string, error: VolumeError | undefined): FieldError[] => [
  // upstream names the other limit
  ...(Buffer.byteLength(error?.message ?? '') > maxMessageBytes ? [tooLong(`${path}.message`, maxMetadataBytes)] : []),
  ...((error?.errorCode ?? 0) < 0
    ? [invalidValue(`${path}.errorCode`, error?.errorCode, 'must be between 0 and 2147483647, inclusive')]
    : []),
]

const validateStatus = (path: string, { attachmentMetadata, attachError, detachError }: Partial<VolumeAttachmentStatus>) => {
  const size = Object.entries(attachmentMetadata ?? {}).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  )
  return [
    ...(size > maxMetadataBytes ? [tooLong(`${path}.attachmentMetadata`, maxMetadataBytes)] : []),
    ...validateError(`${path}.attachError`, attachError),
    ...validateError(`${path}.detachError`, detachError),
  ]
}

const validate = ({ spec, status }: VolumeAttachment): FieldError[] => [
  ...required('spec.attacher', spec.attacher ?? ''),
  ...validateSource('spec.source', spec.source ?? {}),
  ...checked('spec.nodeName', spec.nodeName ?? '', (name) => dns1123Subdomain(name)),
  ...validateStatus('status', status ?? {}),
]

/** With upstream's own names of the fields, as its messages show it. */
const asGoSees = ({ attacher, nodeName, source }: VolumeAttachment['spec']) => ({
  Attacher: attacher,
  Source: {
    PersistentVolumeName: source.persistentVolumeName ?? null,
    InlineVolumeSpec: source.inlineVolumeSpec ?? null,
  },
  NodeName: nodeName,
})

const validateUpdate = ({ spec }: VolumeAttachment, { spec: old }: VolumeAttachment): FieldError[] =>
  isEquivalent(spec, old) ? [] : [invalidValue('spec', asGoSees(spec), 'field is immutable')]

export const volumeAttachment = define<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  singular: 'volumeattachment',
  namespaced: false,
  schema: 'io.k8s.api.storage.v1.VolumeAttachment',
  rechecksNames: ['', 'status'],
  unconditionalUpdate: false,
  subresources: { status: true },
  resetFields: { status: ['metadata', 'spec'] },
  default: (object) => {
    if (object.spec.source?.inlineVolumeSpec) defaultVolumeSpec(object.spec.source.inlineVolumeSpec)
  },
  prepareForCreate: (object) => {
    delete object.status
  },
  prepareForStatusUpdate: resetMetadata,
  returnsDeleted: true,
  validate,
  validateCreate: ({ spec }) => [
    ...csiDriverName('spec.attacher', spec.attacher),
    ...(spec.source?.persistentVolumeName === undefined
      ? []
      : checked('spec.source.persistentVolumeName', spec.source.persistentVolumeName, (name) => dns1123Subdomain(name))),
  ],
  validateUpdate,
  validateStatusUpdate: (object, old) => [...validate(object), ...validateUpdate(object, old)],
  columns: [
    nameColumn(0),
    {
      ...text(
        'Attacher',
        'attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().',
        ({ spec }) => spec.attacher,
      ),
      format: 'name',
    },
    text(
      'PV',
      'persistentVolumeName represents the name of the persistent volume to attach.',
      ({ spec }) => spec.source.persistentVolumeName ?? '',
    ),
    text('Node', 'nodeName represents the node that the volume should be attached to.', ({ spec }) => spec.nodeName),
    boolean(
      'Attached',
      'attached indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.',
      ({ status }) => status?.attached ?? false,
    ),
    age,
  ],
})
