import type { Clock } from '../../platform/clock.ts'
import type { LogTail } from '../../storage/log-tail.ts'
import type { Store } from '../../storage/store.ts'
import type { Authorizer } from './authorizer.ts'
import { createNodeGraph } from './node/graph.ts'
import { createNodeAuthorizer, type NodeAuthorizerOptions } from './node/node-authorizer.ts'
import { createOpenPathsAuthorizer } from './open-paths.ts'
import { createFreshCache } from './rbac/fresh-cache.ts'
import { createRbacAuthorizer } from './rbac/rbac-authorizer.ts'
import { systemMasters } from './system-masters.ts'
import { unionAuthorizer } from './union.ts'

interface DefaultAuthorizerOptions extends Pick<NodeAuthorizerOptions, 'nodesReadNodes'> {
  readonly store: Store
  readonly logTail: LogTail
  readonly clock: Clock
  /** which anybody may read */
  readonly openPaths: ReadonlySet<string>
}

/** Whoever serves it: `system:masters`, then what is open to all, what nodes may, and what roles say. */
export const createDefaultAuthorizer = ({ nodesReadNodes, openPaths, ...options }: DefaultAuthorizerOptions): Authorizer =>
  unionAuthorizer([
    systemMasters,
    createOpenPathsAuthorizer(openPaths),
    createNodeAuthorizer({ graph: createNodeGraph(options), nodesReadNodes }),
    createRbacAuthorizer(createFreshCache(options)),
  ])
