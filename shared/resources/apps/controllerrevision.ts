import { type FieldError, requiredValue } from '../../meta/field-error.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ControllerRevision } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { nonNegative } from '../validation/value.ts'

const controllerOf = ({ metadata }: ControllerRevision): string => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  if (!owner) return '<none>'
  const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['']
  const kind = owner.kind.toLowerCase()
  return `${group ? `${kind}.${group}` : kind}/${owner.name}`
}

const validate = ({ revision, data }: ControllerRevision): FieldError[] => {
  const errors = nonNegative('revision', revision)
  if (data === undefined || data === null) return [...errors, requiredValue('data', 'data is mandatory')]
  const isObject = typeof data === 'object' && !Array.isArray(data)
  return isObject ? errors : [...errors, requiredValue('data', 'data must be a valid JSON object')]
}

export const controllerRevision = define<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  rechecksNames: [''],
  default: (object) => {
    object.revision ??= 0
  },
  validateCreate: validate,
  validateUpdate: ({ data, revision }, old) => [...nonNegative('revision', revision), ...immutable('data', data, old.data)],
  columns: [
    text('Controller', 'Controller of the object', controllerOf),
    text('Revision', 'revision indicates the revision of the state represented by Data.', ({ revision }) => revision),
    age,
  ],
})
