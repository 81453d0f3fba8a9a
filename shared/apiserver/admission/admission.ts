import type { JsonObject } from '../../meta/json-value.ts'
import type { KubeObject } from '../../meta/object.ts'
import type { SchemaTable } from '../../meta/schema.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/log.ts'
import type { Random } from '../../platform/random.ts'
import type { Reach } from '../../reach/reach.ts'
import type { KindDefinition, ServedVersion } from '../../resources/definition.ts'
import type { ObjectReader } from '../../storage/current-objects.ts'
import type { Store } from '../../storage/store.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { Conversions } from '../custom/conversions.ts'
import type { KindFinder } from '../kind-finder.ts'
import type { ApiRequest, User } from '../request.ts'
import type { ResourceRequestInfo } from '../router.ts'

/** Looks at a write after decoding and defaulting, before it is stored. One plugin a file; each says by itself which kinds concern it. */
export interface AdmissionPlugin {
  readonly name: string
  /** is asked about CONNECT too; default false */
  readonly connects?: boolean | undefined
  /** Changes `attributes.object` in place, before validation; a deletion has none. Once more where another plugin asks for it. */
  mutate?(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> | void
  /** Throws the ApiError to answer. After validation. */
  validate?(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<void> | void
  /**
   * Takes what the object needs from elsewhere (addresses, quota), last of all. What it returns is called once it is known whether the object
   * was stored. In a dry run what it writes is forgotten.
   */
  reserve?(attributes: AdmissionAttributes, environment: AdmissionEnvironment): Promise<Reservation | undefined> | undefined
}

export type Reservation = (stored: boolean) => Promise<void>

export interface AdmissionAttributes {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly definition: KindDefinition
  /** the request itself, in whose words rules speak */
  readonly context: AdmissionContext
  /** of `object`, where it is not of the definition's kind but what a subresource takes; it is of that one version */
  readonly bodyKind?: BodyKind | undefined
  /** what the client asked for besides; default: what stands in the query */
  readonly options?: JsonObject | undefined
  /** '' for the main resource */
  readonly subresource: string
  readonly namespace: string
  /** '' for an object whose name the server makes */
  readonly name: string
  /** undefined for DELETE; its name is known */
  readonly object: KubeObject | undefined
  /** undefined for CREATE */
  readonly oldObject: KubeObject | undefined
  readonly user: User
  readonly dryRun: boolean
  /** Texts of Warning headers; a plugin adds its own. */
  readonly warnings: string[]
  /** What the audit log shall say of the request besides; a plugin sets its own. */
  readonly auditAnnotations: Record<string, string>
}

/** As much of a request's context as plugins may know. */
export interface AdmissionContext {
  readonly info: ResourceRequestInfo
  /** the version that the path asks for; undefined: the definition's, which the objects are of */
  readonly servedAs?: ServedVersion | undefined
  readonly parts: { readonly schemas: SchemaTable }
  /** another one makes other versions of the objects, and is waited for */
  readonly conversions?: Conversions | undefined
  readonly request: Pick<ApiRequest, 'query' | 'signal'>
}

export interface GroupVersionKind {
  /** '' for the core group */
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** `schema`: in the schema table; undefined: no other side reads it */
export interface BodyKind extends GroupVersionKind {
  readonly schema?: string | undefined
}

export interface AdmissionEnvironment {
  readonly store: Pick<Store, 'get' | 'create' | 'update' | 'delete'>
  readonly clock: Clock
  readonly log: Logger
  readonly random: Random
  /** calls to who decides elsewhere */
  readonly reach: Reach
  readonly rounds: Rounds
  /** what is left of the time that the request has */
  remainingMs(): number
  /** whether a user may do something else besides */
  authorize(user: User, info: Partial<ResourceRequestInfo>): Promise<boolean>
  readonly kinds: KindFinder
  /** who says so, and why */
  readonly authorizer: Pick<Authorizer, 'authorize'>
  /** The latest state of an object, out of the store; frozen by convention. */
  read(resource: string, namespace: string, name: string): Promise<KubeObject | undefined>
  /** The latest objects of a namespace, out of the store: for what is asked so rarely that no process should keep it. */
  list(resource: string, namespace: string): Promise<KubeObject[]>
  /** As of now: whatever was acknowledged before the request counts. One step to catch up with the log, for all plugins together. */
  readonly current: ObjectReader
  /** At most two seconds old, for what need not be exact. */
  readonly recent: ObjectReader
}

/** Objects are changed in at most two rounds: what was changed in the first may be looked at again. */
export interface Rounds {
  /** it is the second */
  readonly again: boolean
  /** Something outside of our own plugins has changed the object. */
  changed(): void
  /** What a plugin keeps from the first for the second. */
  state<T extends object>(plugin: string, make: () => T): T
}
