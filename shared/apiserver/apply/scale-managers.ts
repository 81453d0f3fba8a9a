import { type FieldSet, hasPath, isEmptySet, setOfPath } from '../../meta/fields/field-set.ts'
import { fieldTypeOf } from '../../meta/fields/field-type.ts'
import { fieldElement } from '../../meta/fields/path-element.ts'
import { difference, union } from '../../meta/fields/set-algebra.ts'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import { timestamp } from '../../platform/clock.ts'
import type { ResourceContext } from '../context.ts'
import type { ApplyTarget } from './apply-object.ts'
import type { FieldTarget } from './field-target.ts'
import { entriesOf, type Managed, type Manager, managerId, storedManaged } from './managed.ts'

const scaleVersion = 'autoscaling/v1'
const schema = 'io.k8s.api.autoscaling.v1.Scale'
const replicasPath = ['f:spec', 'f:replicas']
const replicas: FieldSet = setOfPath(replicasPath)

/** In a kind that has one; built-in kinds have it where a Scale has it. */
const parentPath = ({ definition }: ResourceContext): readonly string[] =>
  definition.subresources?.scale?.path?.map(fieldElement) ?? replicasPath

const byId = (managers: Iterable<Manager>): Managed => new Map([...managers].map((one) => [managerId(one), one]))

/** A Scale's managers: those of the object's who own its replicas. */
const managersOfScale = (managed: Managed, apiVersion: string, path: readonly string[]): Managed =>
  byId(
    [...managed.values()]
      .filter((one) => one.apiVersion === apiVersion && hasPath(one.fields, path))
      .map((one) => ({ ...one, apiVersion: scaleVersion, fields: replicas })),
  )

interface Parent {
  readonly apiVersion: string
  readonly path: readonly string[]
}

/** The object's managers after a write of its Scale: who owns the replicas there, and nobody else. */
const managersOfParent = (managed: Managed, scale: Managed, { apiVersion, path }: Parent): Managed => {
  const own = setOfPath(path)
  const out = new Map<string, Manager>()
  const kept = new Set<string>()
  for (const [id, one] of managed) {
    if (one.apiVersion !== apiVersion) continue
    if (!hasPath(one.fields, path)) out.set(id, one)
    else if (scale.has(id)) {
      kept.add(id)
      out.set(id, one)
    } else {
      const fields = difference(one.fields, own)
      if (!isEmptySet(fields)) out.set(id, { ...one, fields })
    }
  }
  for (const [id, one] of scale) {
    if (kept.has(id) || !hasPath(one.fields, replicasPath)) continue
    const owner: Manager = { ...one, apiVersion, fields: own, time: managed.get(id)?.time }
    const same = out.get(managerId(owner))
    // Who owns the replicas by the object itself goes on to, with all else that is his.
    out.set(managerId(owner), same ? { ...same, fields: union(same.fields, own) } : owner)
  }
  return out
}

const parentVersion = ({ definition: { group, version } }: ResourceContext) => apiVersionOf(group, version)

/** A Scale says who owns it as far as its own fields go. */
export const giveManagers = (context: ResourceContext, scale: KubeObject, parent: KubeObject): void => {
  const entries = entriesOf(
    managersOfScale(storedManaged(parent.metadata.managedFields), parentVersion(context), parentPath(context)),
  )
  if (entries) scale.metadata.managedFields = entries
}

/** Takes into the object who owns its replicas by a Scale that is written. */
export const takeManagers = (context: ResourceContext, parent: KubeObject, scale: KubeObject): void => {
  const { metadata } = parent
  const [before, after] = [metadata, scale.metadata].map(({ managedFields }) => storedManaged(managedFields))
  const entries = entriesOf(managersOfParent(before!, after!, { apiVersion: parentVersion(context), path: parentPath(context) }))
  if (entries) metadata.managedFields = entries
  else delete metadata.managedFields
}

/** What a Scale's fields are of. */
export const scaleFields = ({ parts }: ResourceContext): FieldTarget => {
  const same = (scale: KubeObject) => scale
  const view = {
    type: fieldTypeOf(schema, parts.schemas),
    isLoose: false,
    of: same,
    toStored: (scale: unknown) => scale as KubeObject,
  }
  const zero = { metadata: {}, spec: {}, status: { replicas: 0 } } as unknown as KubeObject
  return {
    ...view,
    apiVersion: scaleVersion,
    subresource: 'scale',
    zero,
    storedZero: zero,
    filter: (set) => set,
    at: (apiVersion) => (apiVersion === scaleVersion ? view : undefined),
  }
}

export const scaleApplyTarget = (context: ResourceContext): ApplyTarget => ({
  fields: scaleFields(context),
  type: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  now: timestamp(context.parts.clock.now()),
  read: (merged) => merged as KubeObject,
})
