import { whileComplete } from '../../meta/complete.ts'
import { FieldTypeError } from '../../meta/fields/item-element.ts'
import { jsonEqual } from '../../meta/json-equal.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { ManagedFieldsEntry } from '../../meta/object-meta.ts'
import { withoutManagers } from '../../meta/without-managers.ts'
import { timestamp } from '../../platform/clock.ts'
import type { ResourceContext } from '../context.ts'
import { type FieldTarget, fieldTarget } from './field-target.ts'
import { entriesOf, isReset, type Managed, readManaged, storedManaged } from './managed.ts'
import { managerName } from './manager-name.ts'
import { trackUpdate } from './track-update.ts'
import { reconciled } from './update-managers.ts'

/**
 * Writes into an object who owns its fields after an ordinary write of the request's. It comes before admission and strategy: what those change is
 * nobody's. `stored`: as it was before; undefined: it is being created.
 */
export const trackWrite = (context: ResourceContext, object: KubeObject, stored: KubeObject | undefined): void => {
  const { definition, parts } = context
  whileComplete(object, { typeName: definition.schema, schemas: parts.schemas }, () =>
    trackWriteOf(fieldTarget(context), context, { object, stored }),
  )
}

export const trackWriteOf = (
  target: FieldTarget,
  context: Pick<ResourceContext, 'parts' | 'request'>,
  { object, stored }: { object: KubeObject; stored: KubeObject | undefined },
): void => {
  const entries = entriesAfter(target, context, { object, stored })
  if (entries) object.metadata.managedFields = entries
  else delete object.metadata.managedFields
}

const entriesAfter = (
  target: FieldTarget,
  { parts, request }: Pick<ResourceContext, 'parts' | 'request'>,
  { object, stored }: { object: KubeObject; stored: KubeObject | undefined },
): ManagedFieldsEntry[] | undefined => {
  const had = stored?.metadata.managedFields
  // Under a subresource nobody says who owns what.
  const said = target.subresource === '' ? managedSaid(target, object.metadata.managedFields, had) : undefined
  const managed = said ?? storedManaged(had)
  // Who is not tracked from the beginning is not until somebody applies.
  if (managed.size === 0 && stored) return undefined
  try {
    const after = trackUpdate(target, {
      before: stored && withoutManagers(stored),
      after: withoutManagers(object),
      managed,
      manager: managerName(request),
      now: timestamp(parts.clock.now()),
    })
    return after === managed && !said ? had : entriesOf(after)
  } catch (error) {
    if (!(error instanceof FieldTypeError)) throw error
    parts.log.warn('the fields of an object have no owners', { path: request.path, error })
    return undefined
  }
}

/** Who owns what by the client's word; undefined: it says nothing new, or nonsense, and all stays as it is. */
const managedSaid = (
  target: FieldTarget,
  said: ManagedFieldsEntry[] | undefined,
  had: ManagedFieldsEntry[] | undefined,
): Managed | undefined => {
  if (said === undefined || jsonEqual(said, had)) return undefined
  if (isReset(said)) return new Map()
  const managed = readManaged(said)
  return managed?.size ? reconciled(target, managed) : undefined
}
