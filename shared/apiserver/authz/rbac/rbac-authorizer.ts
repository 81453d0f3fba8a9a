import type { Cache } from '../../../client/cache.ts'
import { CompiledRole } from '../../../resources/rbac/compiled-role.ts'
import type { AuthorizationAttributes, Authorizer, Decision } from '../authorizer.ts'
import type { FreshCache } from './fresh-cache.ts'
import { describeGrant, describeMissing, grantsOf, joinErrors } from './grants.ts'

/**
 * Allows what roles grant by bindings, and has no opinion else. It says neither of a position in the log that is too old: see
 * docs/decisions/017-fresh-authorization.md.
 */
export const createRbacAuthorizer = (roles: FreshCache): Authorizer => ({
  authorize: async (attributes) => {
    const recent = roles.recent()
    const known = recent && decide(recent, attributes)
    return known?.verdict === 'allow' ? known : decide(await roles.caughtUp(), attributes)
  },
  rules: async (user, namespace) => {
    // Of several of a user's names a binding may have each.
    const byBinding = new Map([...grantsOf(await roles.caughtUp(), user, namespace)].map((grant) => [grant.binding, grant]))
    const grants = [...byBinding.values()]
    return {
      rules: grants.flatMap(({ role }) => role?.rules ?? []),
      incomplete: false,
      evaluationError: joinErrors(grants.filter(({ role }) => !role).map(describeMissing)),
    }
  },
})

const decide = (cache: Cache, { user, info }: AuthorizationAttributes): Decision => {
  const missing: string[] = []
  for (const grant of grantsOf(cache, user, info.isResource ? info.namespace : '')) {
    if (!grant.role) missing.push(describeMissing(grant))
    else if (compiled(grant.role).allows(info)) return { verdict: 'allow', reason: `RBAC: allowed by ${describeGrant(grant)}` }
  }
  const errors = joinErrors(missing)
  return { verdict: 'no opinion', reason: errors && `RBAC: ${errors}` }
}

/** An object of the cache never changes: another version is another object. */
const compiledRoles = new WeakMap<object, CompiledRole>()

const compiled = (role: { readonly rules?: ConstructorParameters<typeof CompiledRole>[0] | null | undefined }): CompiledRole => {
  const found = compiledRoles.get(role)
  if (found) return found
  const made = new CompiledRole(role.rules ?? [])
  compiledRoles.set(role, made)
  return made
}
