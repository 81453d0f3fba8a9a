import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'

/** Says whether a user may do what a request means. */
export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Promise<Decision>
}

export interface AuthorizationAttributes {
  readonly user: User
  readonly info: RequestInfo
}

export interface Decision {
  readonly allowed: boolean
  readonly reason?: string | undefined
}
