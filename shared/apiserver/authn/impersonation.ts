import { badRequest } from '../../meta/status.ts'
import { authorize } from '../authz/authorize-request.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { ApiRequest, User } from '../request.ts'
import type { ResourceRequestInfo } from '../router.ts'
import { anonymous, authenticatedGroup } from './authenticator.ts'

const prefix = 'impersonate-'
const extraPrefix = 'impersonate-extra-'
const authenticationGroup = 'authentication.k8s.io'
const [unauthenticatedGroup = ''] = anonymous.groups
const accountPattern = /^system:serviceaccount:([^:]+):([^:]+)$/

/**
 * The user whom the request wants to be (`kubectl --as`), when whoever makes it may be each part of that; else the one it is.
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export const impersonate = (request: ApiRequest, user: User, authorizer: Authorizer): User | Promise<User> => {
  const headers = impersonationHeaders(request)
  return headers ? wantedUser(headers, user, authorizer) : user
}

const wantedUser = async (headers: Map<string, string[]>, user: User, authorizer: Authorizer): Promise<User> => {
  const [name = ''] = headers.get('impersonate-user') ?? []
  const [uid = ''] = headers.get('impersonate-uid') ?? []
  const groups = headers.get('impersonate-group') ?? []
  const extra = extraOf(headers)
  if (name === '' && uid === '' && groups.length === 0 && extra.size === 0) return user
  const account = accountPattern.exec(name)
  const wanted: Wanted[] = [
    ...(name === '' ? [] : [account ? { ...asAccount, namespace: account[1]!, name: account[2]! } : { ...asUser, name }]),
    ...groups.map((group) => ({ ...asGroup, name: group })),
    ...[...extra].flatMap(([key, values]) => values.map((value) => ({ ...asExtra, subresource: key, name: value }))),
    ...(uid === '' ? [] : [{ ...asUid, name: uid }]),
  ]
  if (name === '') throw badRequest(`requested [${wanted.map(describe).join(' ')}] without impersonating a user`)
  for (const { kind: _, ...info } of wanted) await authorize(authorizer, { user, info })
  return {
    name,
    groups: withOwnGroup(name, groups.length === 0 && account ? accountGroups(account[1]!) : groups),
    ...(uid === '' ? {} : { uid }),
    ...(extra.size === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}

/** Values by lower-case name, each line for itself; undefined: there are none. */
const impersonationHeaders = (request: ApiRequest): Map<string, string[]> | undefined => {
  const { headers, rawHeaders } = request
  if (!rawHeaders) {
    const name = request.header('impersonate-user')
    return name === undefined ? undefined : new Map([['impersonate-user', [name]]])
  }
  if (headers && !mentions(headers)) return undefined
  // What stands in several lines is joined by commas elsewhere, which a group's name may have too.
  const found = new Map<string, string[]>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase()
    if (!name.startsWith(prefix)) continue
    const values = found.get(name)
    if (values) values.push(rawHeaders[index + 1]!)
    else found.set(name, [rawHeaders[index + 1]!])
  }
  return found
}

const mentions = (headers: NonNullable<ApiRequest['headers']>): boolean => {
  for (const name in headers) if (name.startsWith(prefix)) return true
  return false
}

const extraOf = (headers: Map<string, string[]>): Map<string, string[]> => {
  const extra = new Map<string, string[]>()
  for (const [name, values] of headers)
    if (name.startsWith(extraPrefix)) extra.set(decoded(name.slice(extraPrefix.length)), values)
  return extra
}

const decoded = (key: string): string => {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

interface Wanted extends ResourceRequestInfo {
  readonly kind: string
}

const wantedOf = (kind: string, resource: string, group = ''): Wanted => ({
  isResource: true,
  verb: 'impersonate',
  path: '',
  group,
  version: group === '' ? '' : 'v1',
  resource,
  subresource: '',
  namespace: '',
  name: '',
  kind,
})

const asUser = wantedOf('User', 'users')
const asAccount = wantedOf('ServiceAccount', 'serviceaccounts')
const asGroup = wantedOf('Group', 'groups')
const asExtra = wantedOf('UserExtra', 'userextras', authenticationGroup)
const asUid = wantedOf('UID', 'uids', authenticationGroup)

/** As Go prints an ObjectReference: kind, namespace, name, uid, apiVersion, resourceVersion and fieldPath. */
const describe = ({ kind, namespace, name, group, version, subresource }: Wanted): string =>
  `{${[kind, namespace, name, '', group === '' ? '' : `${group}/${version}`, '', subresource].join(' ')}}`

const accountGroups = (namespace: string) => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]

/** Everybody is in one of the two groups; who says which stays in that. */
const withOwnGroup = (name: string, groups: readonly string[]): readonly string[] => {
  if (groups.includes(unauthenticatedGroup)) return groups
  if (name === anonymous.name) return [...groups, unauthenticatedGroup]
  return groups.includes(authenticatedGroup) ? groups : [...groups, authenticatedGroup]
}
