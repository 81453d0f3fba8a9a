import type { Cache } from '../../../client/cache.ts'
import type { Clock } from '../../../platform/clock.ts'
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../../resources/resource.ts'
import type { LogTail } from '../../../storage/log-tail.ts'
import type { Store } from '../../../storage/store.ts'
import { createStoreCache, type StoreCache } from '../../../storage/store-cache.ts'

/** What was revoked may count this long in a process that heard nothing of it. */
const maxAgeMs = 2000
const held = [clusterRoles, clusterRoleBindings, roles, roleBindings]

/** Roles and bindings as far as this process has read the log; nothing is listed before somebody asks. */
export interface FreshCache {
  /** what is known, if that is not older than two seconds; undefined: catch up first */
  recent(): Cache | undefined
  /** With everything that was acknowledged before the call; many who call at once wait for the same reading. */
  caughtUp(): Promise<Cache>
}

export const createFreshCache = (options: { store: Store; logTail: LogTail; clock: Clock }): FreshCache => {
  const { store, logTail: tail, clock } = options
  let opening: Promise<StoreCache> | undefined
  let cache: StoreCache | undefined
  let caughtUpMs = 0
  const open = () => {
    opening ??= createStoreCache({ store, tail, resources: held }).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  return {
    recent: () => {
      const ageMs = clock.now() - caughtUpMs
      // A clock that was set back says nothing of the age.
      return ageMs >= 0 && ageMs <= maxAgeMs ? cache : undefined
    },
    caughtUp: async () => {
      const startedMs = clock.now()
      const opened = cache ?? (await open())
      await opened.sync()
      cache = opened
      caughtUpMs = startedMs
      return opened
    },
  }
}
