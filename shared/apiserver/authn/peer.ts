import { type Authenticator, authenticatedGroup } from './authenticator.ts'

/** Who the transport knows already: a client certificate's subject, or the caller in the same process. */
export const peerAuthenticator: Authenticator = {
  authenticate: async ({ peer }) =>
    peer && {
      ...peer,
      groups: peer.groups.includes(authenticatedGroup) ? peer.groups : [...peer.groups, authenticatedGroup],
    },
}
