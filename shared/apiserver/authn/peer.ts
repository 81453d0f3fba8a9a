import type { User } from '../request.ts'
import { type Authenticator, authenticatedGroup } from './authenticator.ts'

/** Who the transport knows already: a client certificate's subject, or the caller in the same process. */
export const peerAuthenticator: Authenticator = {
  authenticate: ({ peer }) => peer && authenticated(peer),
}

/** A connection has one for all of its requests. */
const known = new WeakMap<User, User>()

const authenticated = (peer: User): User => {
  if (peer.groups.includes(authenticatedGroup)) return peer
  let user = known.get(peer)
  if (!user) {
    user = { ...peer, groups: [...peer.groups, authenticatedGroup] }
    known.set(peer, user)
  }
  return user
}
