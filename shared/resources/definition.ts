import type { Resource } from '../client/client.ts'
import type { FieldError } from '../meta/field-error.ts'
import type { KubeObject } from '../meta/object.ts'
import type { PolicyRule } from './generated/types.ts'

/**
 * Everything that differs between kinds; the API server reads it generically and knows no kind by name. One file per kind
 * in shared/resources/<group>/, listed in shared/resources/index.ts. A CRD makes the same at run time.
 *
 * Hooks get objects that are already decoded against the schema, and change them in place where they return nothing.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  /** '' for the core group */
  readonly group: string
  /** the preferred and stored version */
  readonly version: string
  /** group and version that upstream stores, if others: discovery's hash tells of them */
  readonly upstreamStores?: string | undefined
  readonly kind: string
  /** default: the kind with `List` */
  readonly listKind?: string | undefined
  /** made of a CustomResourceDefinition, whose users' clients know of no types */
  readonly custom?: boolean | undefined
  readonly plural: string
  readonly singular: string
  readonly shortNames?: readonly string[] | undefined
  readonly categories?: readonly string[] | undefined
  readonly namespaced: boolean
  /** of the type in the schema table: `io.k8s.api.core.v1.Pod` */
  readonly schema: string
  /** default: create delete deletecollection get list patch update watch */
  readonly verbs?: readonly string[] | undefined
  readonly subresources?: Subresources | undefined
  /** what writes of a subresource ('' for the object itself) leave as it is, where that is not status for the one and spec for `status` */
  readonly resetFields?: ResetFields | undefined
  /** the same stored objects under other groups or versions */
  readonly servedAs?: readonly ServedVersion<T>[] | undefined

  /** what writes the object itself writes its status too, whatever subresource it has; default false */
  readonly writesStatus?: boolean | undefined

  /** text of a Warning header of every answer about the kind */
  readonly deprecation?: string | undefined
  /** values never stand in clear in the store */
  readonly encrypted?: boolean | undefined
  /** its version of the group is another server's, as soon as an APIService says so; default: what is built in is led nowhere else */
  readonly yields?: boolean | undefined
  /** objects vanish by themselves this long after their last write */
  readonly ttlSeconds?: number | undefined
  /** PUT to a name that does not exist creates it */
  readonly createOnUpdate?: boolean | undefined
  /** an update without resourceVersion is accepted; default true */
  readonly unconditionalUpdate?: boolean | undefined
  /** metadata.generation counts changes of what is not status or metadata; default false */
  readonly hasGeneration?: boolean | undefined
  /** metadata fields whose changes count for the generation too */
  readonly generationMetadata?: readonly ('annotations' | 'labels')[] | undefined
  /** Delete without a policy given: upstream's default garbage collection policy; default background */
  readonly defaultPropagation?: 'background' | 'orphan' | undefined
  /** false: the garbage collector is never waited for, whatever a deletion asks for */
  readonly hasDependents?: false | undefined
  /** text of a Warning header of a deletion that gives no policy */
  readonly propagationWarning?: string | undefined

  /** metadata.finalizers may have names without a domain: in any write, or in updates of those subresources; default false */
  readonly unqualifiedFinalizers?: boolean | readonly string[] | undefined
  /** a generateName is the name, and nothing is put behind it */
  readonly namesByPrefix?: boolean | undefined
  /** Findings about the object's name; default: dnsSubdomain. `prefix`: it is a generateName. That it can be a part of a path is looked at last. */
  readonly validateName?: ((name: string, prefix: boolean, object: T) => string[]) | undefined
  /** subresources ('' for the object itself) whose updates look at a generateName as a creation does; default: as at a part of a path */
  readonly rechecksNames?: readonly string[] | undefined
  /** what is wrong with the metadata of what is created is told when nothing else is wrong */
  readonly metadataLast?: boolean | undefined
  /** A spec is there, if upstream's is a struct. */
  readonly default?: ((object: T) => void) | undefined
  /** Removes what a creator may not set (status) and sets what the server sets. Runs after `default`. Returns texts of Warning headers, if it has any. */
  readonly prepareForCreate?: ((object: T, requester: Requester) => readonly string[] | void) | undefined
  /** Sets what upstream adds to an object when it reads again what it has written: nobody looks at that any more. */
  readonly finish?: ((object: T) => void) | undefined
  /** Keeps what an update of the main resource may not change (status, by default handled generically when there is a status subresource). */
  readonly prepareForUpdate?: ((object: T, old: T) => void) | undefined
  /** A stored object as the kind is now, where it may have been stored as another; may change it. Undefined: what is stored is what a write makes today. */
  readonly renew?: ((object: T) => T) | undefined
  /** the version that is stored, where it is another, and how an object becomes it */
  readonly storesAs?: { readonly version: string; readonly convert: (object: T) => T } | undefined
  /** The same, when all is there that Go writes though nothing was said, so that it can be compared with what was before. */
  readonly finishUpdate?: ((object: T, old: T) => void) | undefined
  /** An update of `status` keeps everything but status and metadata; more is said here. `now`: RFC 3339 in seconds. */
  readonly prepareForStatusUpdate?: ((object: T, old: T, now: string) => void) | undefined
  /** Findings beyond those about ObjectMeta. Runs on creation, and on an update together with `validateUpdate`. */
  readonly validate?: ((object: T) => FieldError[]) | undefined
  /** Runs after `validate`, on creation only. */
  readonly validateCreate?: ((object: T) => FieldError[]) | undefined
  /** `warn`: a text of a Warning header */
  readonly validateUpdate?: ((object: T, old: T, warn?: (text: string) => void) => FieldError[]) | undefined
  /** what `validateUpdate` finds stands before what `validate` finds, not behind it */
  readonly validatesUpdateFirst?: boolean | undefined
  /** Runs without `validate`. */
  readonly validateStatusUpdate?: ((object: T, old: T, warn?: (text: string) => void) => FieldError[]) | undefined
  /** Findings that other objects tell; they stand before all others. Runs before anything else is validated; undefined: none, and nothing to wait for. */
  readonly validateAround?: ((object: T, around: Around<T>) => Promise<FieldError[]> | undefined) | undefined
  /** texts of Warning headers */
  readonly warnings?: ((object: T, old: T | undefined) => string[]) | undefined
  /** of an update of `status` */
  readonly statusWarnings?: ((object: T) => string[]) | undefined

  /** What somebody who writes the object gives to others, and must therefore hold himself. The object is not validated yet. */
  readonly grants?: ((object: T) => Granted) | undefined

  /** beside metadata.name and metadata.namespace */
  readonly fieldSelectors?: Readonly<Record<string, (object: T) => string>> | undefined
  /** what is said of a field that it does not have; default: upstream's common text */
  readonly fieldSelectorError?: ((field: string) => string) | undefined
  /** Behind Name, unless one of them is it; the generic Name and Age columns are used when undefined. */
  readonly columns?: readonly Column<T>[] | undefined
  /** of the rows of a table of many; default: by name */
  readonly tableOrder?: ((a: T, b: T) => number) | undefined

  /**
   * Grace of a deletion in seconds, from the object and what was asked for; undefined: removed at once. When it is > 0 the object only
   * gets deletionTimestamp and deletionGracePeriodSeconds, and a delete with 0 removes it (the kubelet's).
   */
  readonly deletionGraceSeconds?: ((object: T, requested: number | undefined) => number | undefined) | undefined
  /** What the first deletion puts there, so that somebody cleans up before the object goes. */
  readonly deletionFinalizer?: string | undefined
  /** changes what a deletion that something holds shows (a Namespace's phase) */
  readonly prepareForDeletion?: ((object: T) => void) | undefined
  /** a DELETE that removes it answers the object, not a Status */
  readonly returnsDeleted?: boolean | undefined
  /** whether removal waits for a spec-level finalizer list (Namespace's spec.finalizers) */
  readonly holdsDeletion?: ((object: T) => boolean) | undefined
}

/**
 * Another group or version of a stored kind. Its objects come in and go out converted, and are the kind's in between: keys, admission and
 * strategy never see another shape. What is not said here is the kind's.
 */
export interface ServedVersion<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  /** of the type in the schema table */
  readonly schema: string
  /** text of a Warning header of every answer */
  readonly deprecation?: string | undefined
  /** What stands for a field that this version has and the client left out. The kind's own `default` follows after conversion. */
  readonly default?: ((object: KubeObject) => void) | undefined
  /** From an object that is decoded by this version's schema, and defaulted. May share its parts. Throws ApiError for what the kind can't hold. */
  readonly toStored: (object: KubeObject) => T
  /** The other way; must not lose what `toStored` would need to give the same object again. May share parts. */
  readonly fromStored: (object: T) => KubeObject
  /** of stored objects, by this version's names */
  readonly fieldSelectors?: KindDefinition<T>['fieldSelectors'] | undefined
  /** instead of the kind's, of stored objects */
  readonly validate?: KindDefinition<T>['validate'] | undefined
  readonly validateCreate?: KindDefinition<T>['validateCreate'] | undefined
  readonly validateUpdate?: KindDefinition<T>['validateUpdate'] | undefined
  readonly validateName?: KindDefinition<T>['validateName'] | undefined
  readonly unqualifiedFinalizers?: KindDefinition<T>['unqualifiedFinalizers'] | undefined
  readonly metadataLast?: KindDefinition<T>['metadataLast'] | undefined
}

export interface Subresources {
  /** `without table`: it is not shown as one */
  readonly status?: boolean | 'without table' | undefined
  readonly scale?: ScaleMapping<never> | undefined
  /** others by name, e.g. `binding`, `eviction`, `log`; what they do is in shared/apiserver/subresources/<name>.ts */
  readonly others?: Readonly<Record<string, SubresourceInfo>> | undefined
}

/** How a subresource stands in discovery. */
export interface SubresourceInfo {
  /** kind of the body: `Eviction`; with its own group and version if they differ from the parent's */
  readonly kind: string
  readonly group?: string | undefined
  readonly version?: string | undefined
  readonly verbs: readonly string[]
  /** its answer is text, though its body would be of a kind */
  readonly text?: boolean | undefined
  /** of one that updates the object itself, as `status` does */
  readonly update?: SubresourceUpdate<never> | undefined
}

/** Paths of fields by subresource: `metadata.labels`. Nobody who writes there becomes their owner. */
export type ResetFields = Readonly<Record<string, readonly string[]>>

export interface SubresourceUpdate<T> {
  /** paths of all that it may change, `*` for any item */
  readonly only?: readonly string[] | undefined
  /** Keeps what it may not change. `now`: RFC 3339 in seconds. */
  readonly prepare: (object: T, old: T, now: string) => void
  readonly validate: (object: T, old: T) => FieldError[]
}

/** Rights by their rules, of which `gathers` adds any that others have or get, or by the role that has them. */
export type Granted =
  | { readonly rules: readonly PolicyRule[]; readonly gathers?: boolean }
  | { readonly roleRef: { readonly kind: string; readonly name: string } }

/** The write that an object is in, and what is around it. */
export interface Around<T extends KubeObject> {
  /** '' for the object itself */
  readonly subresource: string
  /** undefined on creation */
  readonly old: T | undefined
  readonly lookup: ObjectLookup
}

/** The latest state of another object. */
export type ObjectLookup = <T extends KubeObject>(
  resource: Resource<T>,
  namespace: string,
  name: string,
) => Promise<T | undefined>

/** Who creates an object. */
export interface Requester {
  readonly name: string
  readonly uid?: string | undefined
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

export interface ScaleMapping<T> {
  /** of the replicas, as names; default: spec.replicas */
  readonly path?: readonly string[] | undefined
  /** undefined: it has none, and 0 is not meant */
  readonly replicas: (object: T) => number | undefined
  readonly setReplicas: (object: T, replicas: number) => void
  /** whether how many there may be is said by the object's own validation only */
  readonly isChecked?: boolean
  readonly statusReplicas: (object: T) => number
  /** label selector in text form */
  readonly selector: (object: T) => string
}

/** A column of a server-side Table. */
export interface Column<T> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string | undefined
  readonly description: string
  /** 0: always shown; > 0: with -o wide */
  readonly priority: number
  /** rows have its cell, but the table does not tell of it */
  readonly undeclared?: boolean | undefined
  readonly cell: (object: T, nowMs: number) => string | number | boolean | undefined
}

/** Gives a definition typed by its own object to the registry of all. */
export const define = <T extends KubeObject>(definition: KindDefinition<T>): KindDefinition =>
  definition as unknown as KindDefinition
