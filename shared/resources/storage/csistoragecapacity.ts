import { type FieldError, invalidValue } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { CSIStorageCapacity } from '../resource.ts'
import { deprecatedNodeLabels, deprecatedNodeTerm } from '../validation/deprecated-node-label.ts'
import { immutable } from '../validation/equality.ts'
import { labelSelector } from '../validation/label.ts'
import { nonNegativeQuantity } from '../validation/quantity.ts'
import { checked } from '../validation/value.ts'

const validate = ({ nodeTopology, storageClassName = '', capacity }: CSIStorageCapacity): FieldError[] => [
  ...labelSelector('nodeTopology', nodeTopology),
  ...checked('storageClassName', storageClassName, (name) => dns1123Subdomain(name)),
  ...(capacity === undefined ? [] : nonNegativeQuantity('capacity', capacity)),
]

/** What it tells of stays; how much there is may change. */
const validateUpdate = (object: CSIStorageCapacity, old: CSIStorageCapacity): FieldError[] => [
  ...immutable('nodeTopology', object.nodeTopology ?? null, old.nodeTopology ?? null),
  ...(object.storageClassName === old.storageClassName
    ? []
    : [invalidValue('storageClassName', object.storageClassName, 'field is immutable')]),
]

export const csiStorageCapacity = define<CSIStorageCapacity>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  schema: 'io.k8s.api.storage.v1.CSIStorageCapacity',
  rechecksNames: [''],
  unconditionalUpdate: false,
  validate,
  validateUpdate,
  warnings: ({ nodeTopology }) => [
    ...deprecatedNodeTerm('nodeTopology', { matchExpressions: nodeTopology?.matchExpressions as never }),
    ...Object.keys(nodeTopology?.matchLabels ?? {})
      .filter((key) => deprecatedNodeLabels[key])
      .map((key) => `nodeTopology.matchLabels.${key}: ${deprecatedNodeLabels[key]}`),
  ],
})
