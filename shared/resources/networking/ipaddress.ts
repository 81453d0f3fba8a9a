import { text } from '../column.ts'
import { define } from '../definition.ts'
import type { IPAddress } from '../resource.ts'

const parent = ({ spec: { parentRef } }: IPAddress): string => {
  if (!parentRef) return '<none>'
  const { group, resource, namespace, name } = parentRef
  return [group ? `${resource}.${group}`.toLowerCase() : resource.toLowerCase(), namespace, name].filter(Boolean).join('/')
}

export const ipAddress = define<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  schema: 'io.k8s.api.networking.v1.IPAddress',
  default: (object) => {
    ;(object as Partial<IPAddress>).spec ??= {} as IPAddress['spec']
  },
  fieldSelectors: {
    'spec.parentRef.group': ({ spec }) => spec.parentRef?.group ?? '',
    'spec.parentRef.resource': ({ spec }) => spec.parentRef?.resource ?? '',
    'spec.parentRef.namespace': ({ spec }) => spec.parentRef?.namespace ?? '',
    'spec.parentRef.name': ({ spec }) => spec.parentRef?.name ?? '',
  },
  columns: [
    text(
      'ParentRef',
      'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      parent,
    ),
  ],
})
