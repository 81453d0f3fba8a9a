import type { SchemaTable } from '../meta/schema.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Random } from '../platform/random.ts'
import type { LogTail } from '../storage/log-tail.ts'
import type { Store } from '../storage/store.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import type { Authorizer } from './authz/authorizer.ts'
import type { Registry } from './registry.ts'
import type { VirtualResource } from './reviews/virtual-resource.ts'
import type { SubresourceHandlers } from './subresources/subresource.ts'

/** What verbs and subresources work with. */
export interface ApiServerParts {
  readonly store: Store
  readonly logTail: LogTail
  readonly registry: Registry
  readonly schemas: SchemaTable
  readonly authorizer: Authorizer
  /** what subresources do, by name */
  readonly subresources: Readonly<Record<string, SubresourceHandlers>>
  /** resources that are only asked, by the name keys use */
  readonly virtualResources: ReadonlyMap<string, VirtualResource>
  readonly admission: readonly AdmissionPlugin[]
  readonly clock: Clock
  readonly log: Logger
  readonly random: Random
}
