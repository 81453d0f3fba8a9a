import type { Cache } from '../../../client/cache.ts'
import { resourceName } from '../../../meta/object.ts'
import type { Clock } from '../../../platform/clock.ts'
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../../resources/resource.ts'
import { createLogAge } from '../../../storage/log-age.ts'
import type { LogTail } from '../../../storage/log-tail.ts'
import type { Store } from '../../../storage/store.ts'
import { createStoreCache, type StoreCache } from '../../../storage/store-cache.ts'

/** What was revoked may count this long in a process that heard nothing of it. */
const maxAgeMs = 2000
const held = [clusterRoles, clusterRoleBindings, roles, roleBindings]

const resources: ReadonlySet<string> = new Set(held.map(({ group, resource }) => resourceName(group, resource)))

export interface KnownRoles {
  readonly cache: Cache
  /** another one after each change */
  readonly version: number
}

/** Roles and bindings as far as this process has read the log; nothing is listed before somebody asks. */
export interface FreshCache {
  /** what is known, if that is not older than two seconds; undefined: catch up first */
  recent(): KnownRoles | undefined
  /** With everything that was acknowledged before the call; many who call at once wait for the same reading. */
  caughtUp(): Promise<KnownRoles>
}

export const createFreshCache = (options: { store: Store; logTail: LogTail; clock: Clock }): FreshCache => {
  const { store, logTail: tail, clock } = options
  let opening: Promise<StoreCache> | undefined
  let cache: StoreCache | undefined
  const age = createLogAge(clock)
  let version = 0
  // Behind the cache's own listener, and in the same step.
  const countVersions = () =>
    tail.listen({
      changes: (changes) => {
        if (changes.some(({ key }) => resources.has(key.resource))) version++
      },
      reset: () => {
        version++
      },
    })
  const open = () => {
    opening ??= createStoreCache({ store, tail, resources: held }).then(
      (opened) => {
        countVersions()
        return opened
      },
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }
  return {
    recent: () => (cache && age.isWithin(maxAgeMs) ? { cache, version } : undefined),
    caughtUp: () =>
      age.during(async () => {
        const opened = cache ?? (await open())
        await opened.sync()
        cache = opened
        return { cache: opened, version }
      }),
  }
}
