import { parseFieldSelector } from '../../meta/field-selector.ts'
import { parseLabelSelector } from '../../meta/label-selector.ts'
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
  if (!info.isResource || !selecting.has(info.verb)) return { user, info }
  const fields = readable(request.query.get('fieldSelector'), parseFieldSelector)
  const labels = readable(request.query.get('labelSelector'), (text) => parseLabelSelector(text).requirements)
  return { user, info, ...(fields && { fields }), ...(labels && { labels }) }
}

/** A selector that can't be read narrows nothing; its request is refused when it is handled. */
const readable = <T>(text: string | null, parse: (text: string) => T): T | undefined => {
  if (!text) return undefined
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
