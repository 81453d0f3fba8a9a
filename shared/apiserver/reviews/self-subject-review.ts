import { timestamp } from '../../platform/clock.ts'
import { readTyped } from '../body.ts'
import type { VirtualResource } from '../context.ts'
import { admitCreation } from '../objects/admit-creation.ts'
import { negotiate, reviewForms } from '../represent/negotiate.ts'
import { respondReview } from '../represent/respond.ts'
import type { User } from '../request.ts'
import { reviewDefinition } from './virtual-resource.ts'

export const userInfo = ({ name, uid, groups, extra }: User) => ({
  username: name,
  uid,
  groups,
  ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
})

/** What `kubectl auth whoami` shows. */
export const selfSubjectReview: VirtualResource = {
  definition: reviewDefinition({
    group: 'authentication.k8s.io',
    kind: 'SelfSubjectReview',
    schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
  }),
  create: async (context) => {
    const { definition, parts, request, user } = context
    const object = await readTyped(context, definition)
    const representation = negotiate(request, reviewForms)
    await admitCreation(context, object)
    const { kind, apiVersion } = object
    return respondReview(request, representation, {
      kind,
      apiVersion,
      metadata: { creationTimestamp: timestamp(parts.clock.now()) },
      status: { userInfo: userInfo(user) },
    })
  },
}
