import type { ApiRequest, User } from '../request.ts'

/** Says who makes a request. */
export interface Authenticator {
  /** At once where nothing has to be waited for. undefined: this authenticator sees no credentials it knows. Throws ApiError Unauthorized for ones that are wrong. */
  authenticate(request: ApiRequest): User | undefined | Promise<User | undefined>
}

export const authenticatedGroup = 'system:authenticated'
export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
