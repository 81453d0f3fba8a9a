import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { dns1123Label, qualifiedName } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { Namespace } from '../resource.ts'
import { knownOrQualifiedFinalizer } from '../validation/finalizer.ts'
import { checked } from '../validation/value.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const kubernetesFinalizer = 'kubernetes'

const labelWithName = ({ metadata }: Namespace) => {
  if (metadata.name) metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name }
}

const validateFinalizer = (path: string, name: string): FieldError[] => [
  ...checked(path, name, qualifiedName),
  ...knownOrQualifiedFinalizer(path, name),
]

const validateStatusUpdate = ({ metadata, status }: Namespace): FieldError[] => {
  const [phase, when] = metadata.deletionTimestamp ? ['Terminating', 'not empty'] : ['Active', 'empty']
  return status?.phase === phase
    ? []
    : [invalidValue('status.Phase', status?.phase ?? '', `may only be '${phase}' if \`deletionTimestamp\` is ${when}`)]
}

export const namespace = define<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  schema: 'io.k8s.api.core.v1.Namespace',
  rechecksNames: [''],
  // upstream has no deletecollection of namespaces
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: { status: true, others: { finalize: { kind: 'Namespace', verbs: ['update'] } } },
  resetFields: { finalize: ['status'] },
  validateName: dns1123Label,
  default: (object) => {
    labelWithName(object)
    object.status = { ...object.status, phase: object.status?.phase || 'Active' }
  },
  prepareForCreate: (object) => {
    labelWithName(object)
    object.status = { phase: 'Active' }
    const finalizers = object.spec?.finalizers ?? []
    if (!finalizers.includes(kubernetesFinalizer))
      object.spec = { ...object.spec, finalizers: [...finalizers, kubernetesFinalizer] }
  },
  prepareForUpdate: (object, old) => {
    object.spec = { ...object.spec, finalizers: old.spec?.finalizers }
  },
  validate: ({ spec }) => (spec?.finalizers ?? []).flatMap((name) => validateFinalizer('spec.finalizers', name)),
  validateStatusUpdate,
  prepareForDeletion: (object) => {
    object.status = { ...object.status, phase: 'Terminating' }
  },
  holdsDeletion: ({ spec }) => (spec?.finalizers?.length ?? 0) > 0,
  fieldSelectors: {
    'status.phase': ({ status }) => status?.phase ?? '',
    name: ({ metadata }) => metadata.name,
  },
  columns: [text('Status', 'The status of the namespace', ({ status }) => status?.phase ?? ''), age],
})
