import { complete as completeObject } from '../../meta/complete.ts'
import { decodeValue } from '../../meta/decode.ts'
import { type FieldSet, setOfPath } from '../../meta/fields/field-set.ts'
import { type FieldType, fieldTypeOf } from '../../meta/fields/field-type.ts'
import { fieldElement } from '../../meta/fields/path-element.ts'
import { matching, type PathPattern, recursiveDifference, union } from '../../meta/fields/set-algebra.ts'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import type { KindDefinition, ResetFields, ServedVersion } from '../../resources/definition.ts'
import type { ResourceContext } from '../context.ts'
import { askedType, fromStored } from '../objects/served-version.ts'

/** A kind in one of its versions, as its fields are owned. */
export interface VersionView {
  readonly type: FieldType
  /** Whether an object as it was read may be of other types than its kind says. */
  readonly isLoose: boolean
  /** of an object as it is stored, complete */
  readonly of: (stored: KubeObject) => KubeObject
  /** What an object of this version would be stored as, without defaults. Throws as `decodeValue` does. */
  readonly toStored: (object: unknown) => KubeObject
}

/** Where a write goes: what its fields are of. */
export interface FieldTarget extends VersionView {
  readonly apiVersion: string
  /** '' for the main resource */
  readonly subresource: string
  /** what there is of an object before it is made, in this version and as it would be stored */
  readonly zero: KubeObject
  readonly storedZero: KubeObject
  /** What of a set this target can change at all. */
  readonly filter: (set: FieldSet) => FieldSet
  /** Undefined: not a version of the kind. */
  readonly at: (apiVersion: string) => VersionView | undefined
}

const targets = new WeakMap<KindDefinition, Map<string, FieldTarget>>()

/** Made once for each version and subresource of a kind. */
export const fieldTarget = (context: ResourceContext): FieldTarget => {
  const { definition, info, parts } = context
  let known = targets.get(definition)
  if (!known) {
    known = new Map()
    targets.set(definition, known)
  }
  let target = known.get(info.subresource)
  if (!target) {
    target = makeTarget(context, parts.schemas)
    known.set(info.subresource, target)
  }
  return target
}

const makeTarget = (context: ResourceContext, schemas: SchemaTable): FieldTarget => {
  const { definition, info, servedAs } = context
  const { group, version, schema } = askedType(context)
  const view = viewOf(definition, servedAs, schemas)
  const zeroOf = (schema: string) => {
    const zero = { metadata: {} } as KubeObject
    completeObject(zero, schema, schemas)
    return zero
  }
  const views = new Map<string, VersionView>()
  for (const other of [undefined, ...(definition.servedAs ?? [])]) {
    const one = other ?? definition
    // Upstream finds no way from one group to another, and forgets who came by that.
    if (one.group === group) views.set(apiVersionOf(group, one.version), viewOf(definition, other, schemas))
  }
  const apiVersion = apiVersionOf(group, version)
  return {
    ...view,
    apiVersion,
    subresource: info.subresource,
    zero: zeroOf(schema),
    storedZero: zeroOf(definition.schema),
    filter: filterOf(definition, info.subresource),
    at: (wanted) => (wanted === apiVersion ? view : views.get(wanted)),
  }
}

const viewOf = (definition: KindDefinition, servedAs: ServedVersion | undefined, schemas: SchemaTable): VersionView => {
  const { schema } = servedAs ?? definition
  const type = fieldTypeOf(schema, schemas)
  const isLoose = schemas[schema]?.structure !== undefined
  const read = (object: unknown) => {
    const decoded = decodeValue<KubeObject>(structuredClone(object), { schema, schemas, fieldValidation: 'Ignore' }).object
    decoded.metadata ??= {} as KubeObject['metadata']
    return decoded
  }
  if (!servedAs) {
    const complete = (object: KubeObject) => {
      completeObject(object, schema, schemas)
      return object
    }
    return { type, isLoose, of: (stored) => stored, toStored: (object) => complete(read(object)) }
  }
  return {
    type,
    isLoose,
    toStored: (object) => {
      const stored = servedAs.toStored(read(object))
      completeObject(stored, definition.schema, schemas)
      return stored
    },
    of: (stored) => {
      const object = fromStored({ definition, servedAs }, structuredClone(stored))
      completeObject(object, schema, schemas)
      return object
    },
  }
}

/** By default the main resource can't change status, nor status the spec. */
const defaultResets: ResetFields = { '': ['status'], status: ['spec'] }

const filterOf = ({ subresources, resetFields }: KindDefinition, subresource: string): FieldTarget['filter'] => {
  const { only } = subresources?.others?.[subresource]?.update ?? {}
  if (only) {
    const pattern = only.map(patternOf).reduce(mergePatterns)
    return (set) => matching(set, pattern)
  }
  const resets = resetFields?.[subresource] ?? (subresources?.status ? defaultResets[subresource] : undefined)
  if (!resets?.length) return (set) => set
  const reset = resets.map((path) => setOfPath(path.split('.').map(fieldElement))).reduce(union)
  return (set) => recursiveDifference(set, reset)
}

const patternOf = (path: string): PathPattern =>
  path
    .split('.')
    .map((name) => (name === '*' ? name : fieldElement(name)))
    .reduceRight<PathPattern>((below, element) => ({ [element]: below }), {})

const mergePatterns = (a: PathPattern, b: PathPattern): PathPattern => {
  const out: Record<string, PathPattern> = { ...a }
  for (const [element, below] of Object.entries(b)) out[element] = out[element] ? mergePatterns(out[element], below) : below
  return out
}
