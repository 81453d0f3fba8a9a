import { type FieldError, forbiddenField } from '../../meta/field-error.ts'
import type { ObjectMeta } from '../../meta/object-meta.ts'
import { annotations, labels } from './label.ts'

/** In upstream's order, by its names of them. */
const others: readonly (readonly [keyof ObjectMeta, string])[] = [
  ['name', 'name'],
  ['generateName', 'generateName'],
  ['namespace', 'namespace'],
  ['selfLink', 'selfLink'],
  ['uid', 'uID'],
  ['resourceVersion', 'resourceVersion'],
  ['generation', 'generation'],
  ['creationTimestamp', 'creationTimestamp'],
  ['deletionTimestamp', 'deletionTimestamp'],
  ['deletionGracePeriodSeconds', 'deletionGracePeriodSeconds'],
  ['ownerReferences', 'ownerReferences'],
  ['finalizers', 'finalizers'],
  ['managedFields', 'managedFields'],
]

/** Of a template of claims: what is made of it gets labels and annotations, and a name of its own. */
export const templateMetadata = (path: string, metadata: Partial<ObjectMeta> | undefined): FieldError[] => [
  ...annotations(`${path}.annotations`, metadata?.annotations),
  ...labels(`${path}.labels`, metadata?.labels),
  ...others.filter(([field]) => metadata?.[field]).map(([, shown]) => forbiddenField(`${path}.${shown}`, 'cannot be set')),
]
