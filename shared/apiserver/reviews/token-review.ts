import type { KubeObject } from '../../meta/object.ts'
import { badRequest } from '../../meta/status.ts'
import { trackWrite } from '../apply/track-write.ts'
import { userOfToken } from '../authn/service-account.ts'
import type { Tokens } from '../authn/tokens.ts'
import { readTyped } from '../body.ts'
import type { VirtualResource } from '../context.ts'
import { admitCreation } from '../objects/admit-creation.ts'
import { negotiate, reviewForms } from '../represent/negotiate.ts'
import { respondReview } from '../represent/respond.ts'
import { userInfo } from './self-subject-review.ts'
import { reviewDefinition } from './virtual-resource.ts'

interface TokenReview extends KubeObject {
  spec?: { token?: string; audiences?: string[] }
}

export const tokenReviewDefinition = reviewDefinition({
  group: 'authentication.k8s.io',
  kind: 'TokenReview',
  schema: 'io.k8s.api.authentication.v1.TokenReview',
})

/** Says whose token one is. */
export const createTokenReview = (tokens: Tokens): VirtualResource => ({
  definition: tokenReviewDefinition,
  create: async (context) => {
    const { definition, parts, request } = context
    const representation = negotiate(request, reviewForms)
    const object = await readTyped<TokenReview>(context, definition)
    trackWrite(context, object, undefined)
    await admitCreation(context, object)
    const { token, audiences = [...tokens.audiences] } = object.spec ?? {}
    if (!token) throw badRequest('token is required for TokenReview in authentication')
    const user = await userOfToken(token, { tokens, store: parts.store, clock: parts.clock, audiences })
    const matched =
      user && audiences.filter((audience) => tokens.audiences.includes(audience) || object.spec?.audiences?.includes(audience))
    const status = user
      ? { authenticated: true, user: userInfo(user), audiences: matched }
      : { user: {}, error: 'invalid bearer token' }
    return respondReview(request, representation, { ...object, status })
  },
})
