import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { ControllerRevision } from '../resource.ts'

const controllerOf = ({ metadata }: ControllerRevision): string => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller)
  if (!owner) return '<none>'
  const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['']
  const kind = owner.kind.toLowerCase()
  return `${group ? `${kind}.${group}` : kind}/${owner.name}`
}

export const controllerRevision = define<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  singular: 'controllerrevision',
  namespaced: true,
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  default: (object) => {
    object.revision ??= 0
  },
  columns: [
    text('Controller', 'Controller of the object', controllerOf),
    text('Revision', 'revision indicates the revision of the state represented by Data.', ({ revision }) => revision),
    age,
  ],
})
