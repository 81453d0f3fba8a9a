import { invalid, invalidValue } from '../../meta/field-error.ts'
import { apiVersionOf, type KubeObject } from '../../meta/object.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import { typeOf } from '../openapi/kinds.ts'

export interface ExpectedType {
  /** in the schema table */
  readonly schema: string
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** What a body says that it is; '' and undefined: nothing. */
export interface ClaimedType {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
}

/** Why upstream's scheme can't make the expected type of what is claimed; undefined: it can. What is not claimed fits. */
export const typeFinding = (claimed: ClaimedType, expected: ExpectedType, schemas: SchemaTable): string | undefined => {
  const path = apiVersionOf(expected.group, expected.version)
  const apiVersion = claimed.apiVersion || path
  const kind = claimed.kind || expected.kind
  if (kind === expected.kind && apiVersion === path) return undefined
  const { group, version } = groupVersionOf(apiVersion)
  if (!isGroup(group, expected) || typeOf(schemas, { group, version, kind }) === undefined) {
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`
  }
  return kind === expected.kind ? undefined : unknownConversion(`${version}.${kind}`, expected)
}

export const isCustom = ({ schema }: Pick<ExpectedType, 'schema'>, schemas: SchemaTable): boolean =>
  schemas[schema]?.structure !== undefined

/** What an object of a custom type is told that says of itself that it is of another. */
export const otherKind = ({ kind = '', metadata }: KubeObject, expected: Pick<ExpectedType, 'group' | 'kind'>) =>
  invalid(expected.group, kind, metadata?.name, [invalidValue('kind', kind, `must be ${expected.kind}`)])

// named as Go's types are, which upstream turns one into the other
const goPackageOf = ({ schema }: ExpectedType) => schema.split('.').at(-3)
const unknownConversion = (from: string, expected: ExpectedType) =>
  `converting (${from}) to (${goPackageOf(expected)}.${expected.kind}): unknown conversion`

/** The same of what says its kind only, which upstream takes for its own type of that name in the group. */
export const internalFinding = ({ kind }: ClaimedType, expected: ExpectedType, schemas: SchemaTable): string | undefined => {
  if (!kind || kind === expected.kind) return undefined
  const { group, version } = expected
  return typeOf(schemas, { group, version, kind }) === undefined
    ? `no kind ${JSON.stringify(kind)} is registered for the internal version of group ${JSON.stringify(group)} in scheme "pkg/runtime/scheme.go:111"`
    : unknownConversion(`${goPackageOf(expected)}.${kind}`, expected)
}

/** Types are known by the first part of their group only. */
const isGroup = (group: string, expected: ExpectedType): boolean =>
  group === expected.group ||
  (/^(?:[a-z]*|[a-z.]+\.k8s\.io)$/.test(group) && group.split('.')[0] !== expected.group.split('.')[0])

export const groupVersionOf = (apiVersion: string) => {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return { group, version }
}
