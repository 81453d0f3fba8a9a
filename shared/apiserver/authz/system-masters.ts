import type { User } from '../request.ts'
import { type Authorizer, noOpinion } from './authorizer.ts'

const mastersGroup = 'system:masters'
export const isMaster = ({ groups }: User): boolean => groups.includes(mastersGroup)

const allowed = { verdict: 'allow' } as const

/** Who is in `system:masters` may do everything, whatever the store says: no look-up, so that a cluster can always be mended. */
export const systemMasters: Authorizer = {
  authorize: ({ user }) => (isMaster(user) ? allowed : noOpinion),
  // what upstream lists for them is the role that the group is bound to
  rules: async () => ({ rules: [], incomplete: false }),
}
