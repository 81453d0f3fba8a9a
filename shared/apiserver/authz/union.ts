import type { Authorizer, Decision } from './authorizer.ts'

/** The first that allows or denies decides; what the others said on the way is told together when none does. */
export const unionAuthorizer = (authorizers: readonly Authorizer[]): Authorizer => ({
  authorize: async (attributes): Promise<Decision> => {
    const reasons: string[] = []
    for (const authorizer of authorizers) {
      const decision = await authorizer.authorize(attributes)
      if (decision.verdict !== 'no opinion') return decision
      if (decision.reason) reasons.push(decision.reason)
    }
    return { verdict: 'no opinion', reason: reasons.join('\n') }
  },
  rules: async (user, namespace) => {
    const all = await Promise.all(authorizers.map((authorizer) => authorizer.rules(user, namespace)))
    const errors = [...new Set(all.flatMap(({ evaluationError }) => evaluationError ?? []))]
    return {
      rules: all.flatMap(({ rules }) => rules),
      incomplete: all.some(({ incomplete }) => incomplete),
      // a list of several is told in brackets
      evaluationError: errors.length > 1 ? `[${errors.join(', ')}]` : errors[0],
    }
  },
})
