import type { Authorizer } from './authorizer.ts'

export const mastersGroup = 'system:masters'

export const staticAuthorizer: Authorizer = {
  authorize: async ({ user }) => ({ allowed: user.groups.includes(mastersGroup) }),
}
