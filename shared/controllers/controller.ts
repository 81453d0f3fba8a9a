import type { Cache } from '../client/cache.ts'
import type { Client, Resource } from '../client/client.ts'
import type { KubeObject } from '../meta/object.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'

/**
 * One controller: which changes concern which of its keys, and how to bring one key to its desired state. Idempotent; an
 * event only says "look at this key". A key is usually `namespace/name` (or `name`) of the controller's own kind.
 */
export interface Controller {
  /** upstream's name without `-controller`: `deployment`, `replicaset` */
  readonly name: string
  /** whom its Events come from, where upstream does not say `<name>-controller` */
  readonly eventComponent?: string | undefined
  readonly watches: readonly Watch[]
  /** Changes of custom objects, whichever kinds there are; their names are their definitions'. */
  readonly watchesCustom?: CustomWatch | undefined
  /** keys to look at when it starts and at each resync, beside those of existing objects: what must exist without any event */
  readonly initialKeys?: readonly string[] | undefined
  /** Not found means done; throw to retry with back-off, NotYet where nothing failed but is to be tried again. Runs after `cache.sync()`; never twice at once for the same key. */
  reconcile(key: string, context: ReconcileContext): Promise<ReconcileResult>
}

export const eventComponentOf = ({ name, eventComponent }: Controller): string => eventComponent ?? `${name}-controller`

export interface Watch<T extends KubeObject = KubeObject> {
  readonly resource: Resource<T>
  /** Pure. Keys to look at because of a change; `previous` is undefined for a creation, `object` for a deletion. */
  keys(object: T | undefined, previous: T | undefined, cache: Cache): readonly string[]
}

/** As `keys` of a watch, of any custom resource. */
export type CustomWatch = (
  resource: Resource,
  change: { readonly object: KubeObject | undefined; readonly previous: KubeObject | undefined },
  cache: Cache,
) => readonly string[]

/** Lets each watch of a controller be typed by its own resource. */
export const watch = <T extends KubeObject>(resource: Resource<T>, keys: Watch<T>['keys']): Watch =>
  ({ resource, keys }) as unknown as Watch

export interface ReconcileContext {
  readonly client: Client
  readonly cache: Cache
  readonly clock: Clock
  readonly log: Logger
  readonly events: EventRecorder
}

/** The world is not as it should be, and no event will tell when it is. Tried again as a failure is, and given up without a word. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

/**
 * `requeueAfter` is in milliseconds; undefined: nothing to do until something changes. It may become an eighth later, unless it is `exact`:
 * for times that each run asks for alike, whenever it is.
 */
export type ReconcileResult =
  | { readonly requeueAfter?: number | undefined; readonly exact?: boolean | undefined }
  | undefined
  | void

/** Records Kubernetes Events, counting repeats of the same one as upstream's correlator does. Never throws: an Event is not worth a retry. */
export interface EventRecorder {
  record(regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void>
}
