import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'
import type { PolicyRule } from './policy-rule.ts'

/** Says whether a user may do what a request means. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Promise<Decision>
  /** Everything the user may do in a namespace, as far as it can be listed. */
  rules(user: User, namespace: string): Promise<readonly PolicyRule[]>
}

export interface AuthorizationAttributes {
  readonly user: User
  readonly info: RequestInfo
}

export interface Decision {
  readonly allowed: boolean
  readonly reason?: string | undefined
}
