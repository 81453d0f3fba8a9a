import { type Authorizer, noOpinion } from './authorizer.ts'
import { everything } from './policy-rule.ts'

export const mastersGroup = 'system:masters'

const allowed = { verdict: 'allow' } as const

/** Who is in `system:masters` may do everything, whatever the store says: no look-up, so that a cluster can always be mended. */
export const systemMasters: Authorizer = {
  authorize: async ({ user }) => (user.groups.includes(mastersGroup) ? allowed : noOpinion),
  rules: async ({ groups }) => ({ rules: groups.includes(mastersGroup) ? everything : [], incomplete: false }),
}
