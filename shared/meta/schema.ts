import type { Structural } from './structural/structural.ts'

/**
 * The structure of a type, as much of OpenAPI as Kubernetes uses. Built-in ones are generated
 * (shared/resources/generated/schemas.json, without descriptions), custom ones come from their CRD.
 */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | undefined
  /** `int-or-string`, `quantity`, `date-time`, `micro-time`, `byte`, `int32`, `int64`, `double` … */
  readonly format?: string | undefined
  /** another type of the table; then only the merge and list fields below may stand beside it */
  readonly ref?: string | undefined
  readonly properties?: Readonly<Record<string, Schema>> | undefined
  readonly required?: readonly string[] | undefined
  /** fields that are left out when they are '', 0 or false, as Go's omitempty does */
  readonly omitEmpty?: readonly string[] | undefined
  /** lists that may be left out, and that say something else when they are empty */
  readonly emptyCounts?: readonly string[] | undefined
  /** fields that are always written, and what for one of which nothing was said; {}: the struct's own */
  readonly zeros?: Readonly<Record<string, unknown>> | undefined
  readonly items?: Schema | undefined
  readonly additionalProperties?: Schema | undefined
  /** anything may stand here (RawExtension, JSON, managed fields) */
  readonly preserveUnknownFields?: boolean | undefined
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys' | undefined
  readonly patchMergeKey?: string | undefined
  readonly listType?: 'atomic' | 'set' | 'map' | undefined
  readonly listMapKeys?: readonly string[] | undefined
  readonly mapType?: 'atomic' | 'granular' | undefined
  /** of a custom type: by this its values are read, and the fields above only say who owns what of them */
  readonly structure?: Structural | undefined
  /** what stands here instead of anything: that type, or what the word says */
  readonly holds?: { readonly ref: string; readonly or: 'list' | 'boolean' | 'strings' } | undefined
  /** of fields by which a list of this type knows its items, where such a field is left out */
  readonly keyDefaults?: Readonly<Record<string, unknown>> | undefined
}

/** Types by their OpenAPI name: `io.k8s.api.core.v1.Pod`. */
export type SchemaTable = Readonly<Record<string, Schema>>
