import type { AuthorizationAttributes, Authorizer, Decision } from './authorizer.ts'

/** The first that allows or denies decides; what the others said on the way is told together when none does. */
export const unionAuthorizer = (authorizers: readonly Authorizer[]): Authorizer => ({
  authorize: (attributes) => askFrom(0, [], { authorizers, attributes }),
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

interface Asking {
  readonly authorizers: readonly Authorizer[]
  readonly attributes: AuthorizationAttributes
}

/** `reasons`: of those before. Waits only for who has to wait. */
const askFrom = (first: number, reasons: readonly string[], asking: Asking): Decision | Promise<Decision> => {
  let said = reasons
  for (let index = first; index < asking.authorizers.length; index++) {
    const decision = asking.authorizers[index]!.authorize(asking.attributes)
    if (decision instanceof Promise)
      return decision.then((found) => (isDecided(found) ? found : askFrom(index + 1, withReason(said, found), asking)))
    if (isDecided(decision)) return decision
    said = withReason(said, decision)
  }
  return { verdict: 'no opinion', reason: said.join('\n') }
}

const isDecided = ({ verdict }: Decision) => verdict !== 'no opinion'

const withReason = (reasons: readonly string[], { reason }: Decision) => (reason ? [...reasons, reason] : reasons)
