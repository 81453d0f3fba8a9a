import { type FieldRequirement, parseFieldSelector } from '../../meta/field-selector.ts'
import type { ApiRequest, User } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'
import { forbiddenFor } from './forbidden.ts'

/** Throws ApiError Forbidden unless the user may. */
export const authorize = async (authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<void> => {
  const { verdict, reason } = await authorizer.authorize(attributes)
  if (verdict !== 'allow') throw forbiddenFor(attributes.user, attributes.info, reason)
}

const selecting: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection'])

export const attributesOf = (request: ApiRequest, user: User, info: RequestInfo): AuthorizationAttributes => {
  const text = info.isResource && selecting.has(info.verb) ? request.query.get('fieldSelector') : undefined
  return text ? { user, info, fields: fieldsIn(text) } : { user, info }
}

/** A selector that can't be read narrows nothing; its request is refused when it is handled. */
const fieldsIn = (text: string): FieldRequirement[] | undefined => {
  try {
    return parseFieldSelector(text)
  } catch {
    return undefined
  }
}
