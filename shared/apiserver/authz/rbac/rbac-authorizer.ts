import type { AuthorizationAttributes, Authorizer, Decision } from '../authorizer.ts'
import type { FreshCache, KnownRoles } from './fresh-cache.ts'
import { type CompiledGrant, GrantTable } from './grant-table.ts'
import { describeGrant, describeMissing, joinErrors } from './grants.ts'
import { subjectsOf } from './subjects.ts'

/**
 * Allows what roles grant by bindings, and has no opinion else. It says neither of a position in the log that is too old: see
 * docs/decisions/017-fresh-authorization.md.
 */
export const createRbacAuthorizer = (roles: FreshCache): Authorizer => {
  const table = new GrantTable()
  return {
    authorize: async (attributes) => {
      const recent = roles.recent()
      const known = recent && decide(table, recent, attributes)
      return known?.verdict === 'allow' ? known : decide(table, await roles.caughtUp(), attributes)
    },
    rules: async (user, namespace) => {
      const known = await roles.caughtUp()
      const subjects = subjectsOf(user)
      const grants = [
        ...subjects.flatMap((subject) => table.to(subject, '', known)),
        ...(namespace === '' ? [] : subjects.flatMap((subject) => table.to(subject, namespace, known))),
      ]
      // Of several of a user's names a binding may have each.
      const distinct = [...new Map(grants.map((grant) => [grant.binding, grant])).values()]
      return {
        rules: distinct.flatMap(({ role }) => role?.rules ?? []),
        incomplete: false,
        evaluationError: joinErrors(distinct.filter(({ role }) => !role).map(describeMissing)),
      }
    },
  }
}

const decide = (table: GrantTable, known: KnownRoles, { user, info }: AuthorizationAttributes): Decision => {
  const missing: string[] = []
  const subjects = subjectsOf(user)
  const allowing = (namespace: string): CompiledGrant | undefined => {
    for (const subject of subjects)
      for (const grant of table.to(subject, namespace, known)) {
        if (!grant.compiled) missing.push(describeMissing(grant))
        else if (grant.compiled.allows(info)) return grant
      }
    return undefined
  }
  const found = allowing('') ?? (info.isResource && info.namespace !== '' ? allowing(info.namespace) : undefined)
  if (found) return { verdict: 'allow', reason: `RBAC: allowed by ${describeGrant(found)}` }
  const errors = joinErrors(missing)
  return { verdict: 'no opinion', reason: errors && `RBAC: ${errors}` }
}
