import type { Clock } from '../../platform/clock.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import type { Authorizer } from './authorizer.ts'
import { nodeRulesAuthorizer } from './node-rules.ts'
import { createOpenPathsAuthorizer } from './open-paths.ts'
import { createFreshCache } from './rbac/fresh-cache.ts'
import { createRbacAuthorizer } from './rbac/rbac-authorizer.ts'
import { systemMasters } from './system-masters.ts'
import { unionAuthorizer } from './union.ts'

/** Whoever serves it: `system:masters`, then what is open to all, what nodes may, and what roles say. */
export const createDefaultAuthorizer = (options: {
  store: Store
  logTail: LogTail
  clock: Clock
  /** which anybody may read */
  openPaths: ReadonlySet<string>
}): Authorizer =>
  unionAuthorizer([
    systemMasters,
    createOpenPathsAuthorizer(options.openPaths),
    nodeRulesAuthorizer,
    createRbacAuthorizer(createFreshCache(options)),
  ])
