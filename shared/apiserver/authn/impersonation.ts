import { authorize } from '../authz/authorize-request.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { ApiRequest, User } from '../request.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { authenticatedGroup } from './authenticator.ts'

const serviceAccountPattern = /^system:serviceaccount:([^:]+):[^:]+$/

/** The user whom the request wants to be (`kubectl --as`), when whoever makes it may; else the one it is. */
export const impersonate = async (request: ApiRequest, user: User, authorizer: Authorizer): Promise<User> => {
  const name = request.header('impersonate-user')
  if (!name) return user
  const groups = (request.header('impersonate-group') ?? '')
    .split(',')
    .map((group) => group.trim())
    .filter(Boolean)
  const wanted = [impersonationOf('users', name), ...groups.map((group) => impersonationOf('groups', group))]
  for (const info of wanted) await authorize(authorizer, { user, info })
  return { name, groups: [...new Set([...defaultGroups(name, groups), authenticatedGroup])] }
}

const impersonationOf = (resource: string, name: string): ResourceRequestInfo => ({
  isResource: true,
  verb: 'impersonate',
  path: '',
  group: '',
  version: 'v1',
  resource,
  subresource: '',
  namespace: '',
  name,
})

const defaultGroups = (name: string, groups: readonly string[]): readonly string[] => {
  const namespace = serviceAccountPattern.exec(name)?.[1]
  if (groups.length > 0 || namespace === undefined) return groups
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}
