import type { AccessDecision, AccessQuestion, Authorize } from '../../../cel/library/authorizer.ts'
import { type FieldRequirement, parseFieldSelector } from '../../../meta/field-selector.ts'
import { ApiError } from '../../../meta/status.ts'
import type { Authorizer } from '../../authz/authorizer.ts'
import type { User } from '../../request.ts'
import type { RequestInfo, ResourceVerb } from '../../router.ts'
import { Unfinished } from './unfinished.ts'

/** What expressions were told of who may do what, within one request: each question is asked once. */
export class Decisions {
  readonly #authorizer: Pick<Authorizer, 'authorize'>
  readonly #user: User
  readonly #known = new Map<string, AccessDecision>()

  constructor(authorizer: Pick<Authorizer, 'authorize'>, user: User) {
    this.#authorizer = authorizer
    this.#user = user
  }

  readonly authorize: Authorize = (question) => {
    const { verb, path, serviceAccount, group, resource, subresource, namespace, name, fieldSelector, labelSelector } = question
    const account = [serviceAccount?.namespace, serviceAccount?.name]
    const key = JSON.stringify([verb, path, account, group, resource, subresource, namespace, name, fieldSelector, labelSelector])
    const known = this.#known.get(key)
    if (known) return known
    throw new Unfinished(async () => {
      this.#known.set(key, await this.#ask(question))
    })
  }

  async #ask(question: AccessQuestion): Promise<AccessDecision> {
    const { serviceAccount, fieldSelector } = question
    const user = serviceAccount ? accountUser(serviceAccount) : this.#user
    try {
      const asked = { user, info: infoOf(question), fields: fieldSelector ? readFields(fieldSelector) : undefined }
      const { verdict, reason = '' } = await this.#authorizer.authorize(asked)
      return { allowed: verdict === 'allow', reason }
    } catch (error) {
      return { allowed: false, reason: '', error: error instanceof Error ? error.message : String(error) }
    }
  }
}

const accountUser = ({ namespace, name }: { namespace: string; name: string }): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
})

const infoOf = (question: AccessQuestion): RequestInfo => {
  const { path, group = '', resource = '', subresource = '', namespace = '', name = '' } = question
  if (path !== undefined) return { isResource: false, verb: question.verb, path }
  // Any verb may be asked for.
  const verb = question.verb as ResourceVerb
  return { isResource: true, verb, path: '', group, version: '*', resource, subresource, namespace, name }
}

/** Undefined: it can't be read, and asks for more then, not for less. */
const readFields = (selector: string): FieldRequirement[] | undefined => {
  try {
    return parseFieldSelector(selector)
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}
