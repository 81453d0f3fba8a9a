import { type Authorizer, noOpinion } from './authorizer.ts'

/** Upstream lets everybody see these too, by the role system:public-info-viewer; here they wait for no role, nor for the store. */
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/']
const reads: ReadonlySet<string> = new Set(['get', 'head'])
const allowed = { verdict: 'allow' } as const

/** What anybody may read, whoever it is, without a look-up: health, version and `more`. */
export const openPaths = (more: readonly string[] = []): ReadonlySet<string> => new Set([...publicPaths, ...more])

export const createOpenPathsAuthorizer = (paths: ReadonlySet<string>): Authorizer => ({
  authorize: async ({ info }) => (!info.isResource && paths.has(info.path) && reads.has(info.verb) ? allowed : noOpinion),
  rules: async () => ({ rules: [], incomplete: false }),
})
