import { type FieldSet, leaf } from '../../meta/fields/field-set.ts'
import { fieldElement } from '../../meta/fields/path-element.ts'
import { difference } from '../../meta/fields/set-algebra.ts'

const inMetadata = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]

/** What nobody ever owns. */
const unowned: FieldSet = {
  'f:apiVersion': leaf,
  'f:kind': leaf,
  'f:metadata': { '.': leaf, ...Object.fromEntries(inMetadata.map((name) => [fieldElement(name), leaf])) },
}

export const stripMetadata = (fields: FieldSet): FieldSet => difference(fields, unowned)
