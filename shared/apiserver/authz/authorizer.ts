import type { FieldRequirement } from '../../meta/field-selector.ts'
import type { LabelRequirement } from '../../meta/label-selector.ts'
import type { PolicyRule } from '../../resources/rbac/policy-rule.ts'
import type { User } from '../request.ts'
import type { RequestInfo } from '../router.ts'

/**
 * Says whether a user may do what a request means. Several stand in a row (`unionAuthorizer`): what none allows is forbidden.
 * Rejects only when it can't know (the store does not answer): the request fails with that.
 */
export interface Authorizer {
  /** At once where nothing has to be waited for. */
  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision>
  /** Everything the user may do in a namespace, as far as it can be listed. */
  rules(user: User, namespace: string): Promise<SubjectRules>
}

export interface AuthorizationAttributes {
  readonly user: User
  readonly info: RequestInfo
  /** what a list, watch or deletecollection asks for; undefined: no field selector, or one that can't be read */
  readonly fields?: readonly FieldRequirement[] | undefined
  /** likewise of a label selector */
  readonly labels?: readonly LabelRequirement[] | undefined
}

export interface Decision {
  /** `allow` and `deny` end the row; after `no opinion` the next authorizer is asked */
  readonly verdict: 'allow' | 'deny' | 'no opinion'
  /** why, as users read it behind the 403 and in a SubjectAccessReview */
  readonly reason?: string | undefined
}

export interface SubjectRules {
  readonly rules: readonly PolicyRule[]
  /** the user may be allowed more than the rules say */
  readonly incomplete: boolean
  /** what could not be found out, and the rules leave out */
  readonly evaluationError?: string | undefined
}

export const noOpinion: Decision = { verdict: 'no opinion' }
