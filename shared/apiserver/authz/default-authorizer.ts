import type { Clock } from '../../platform/clock.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import type { Authorizer } from './authorizer.ts'
import { nodeRulesAuthorizer } from './node-rules.ts'
import { createFreshCache } from './rbac/fresh-cache.ts'
import { createRbacAuthorizer } from './rbac/rbac-authorizer.ts'
import { systemMasters } from './system-masters.ts'
import { unionAuthorizer } from './union.ts'

/** Whoever serves it: `system:masters`, then what nodes may, then roles. */
export const createDefaultAuthorizer = (options: { store: Store; logTail: LogTail; clock: Clock }): Authorizer =>
  unionAuthorizer([systemMasters, nodeRulesAuthorizer, createRbacAuthorizer(createFreshCache(options))])
