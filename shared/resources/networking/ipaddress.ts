import { type FieldError, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, pathSegment } from '../../meta/names.ts'
import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { IPAddress } from '../resource.ts'
import { immutable } from '../validation/equality.ts'
import { canonicalIPOnly } from '../validation/ip.ts'
import { optionalChecked, requiredChecked } from '../validation/value.ts'

const parent = ({ spec: { parentRef } }: IPAddress): string => {
  if (!parentRef) return '<none>'
  const { group, resource, namespace, name } = parentRef
  return [group ? `${resource}.${group}`.toLowerCase() : resource.toLowerCase(), namespace, name].filter(Boolean).join('/')
}

const validate = ({ spec: { parentRef } }: IPAddress): FieldError[] => {
  const path = 'spec.parentRef'
  if (!parentRef) return [requiredValue(path)]
  const segment = (value: string) => pathSegment(value)
  return [
    ...optionalChecked(`${path}.group`, parentRef.group, (name) => dns1123Subdomain(name)),
    ...requiredChecked(`${path}.resource`, parentRef.resource, segment),
    ...requiredChecked(`${path}.name`, parentRef.name, segment),
    ...optionalChecked(`${path}.namespace`, parentRef.namespace, segment),
  ]
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
  rechecksNames: [''],
  namesByPrefix: true,
  validateName: (name) => canonicalIPOnly('', name).map(({ message }) => message.replace(/^Invalid value: "[^"]*": /, '')),
  validate,
  validateUpdate: ({ spec }, old) => immutable('spec.parentRef', spec.parentRef, old.spec.parentRef),
  columns: [
    text(
      'ParentRef',
      'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      parent,
    ),
    // as upstream has it
    { ...age, undeclared: true },
  ],
})
