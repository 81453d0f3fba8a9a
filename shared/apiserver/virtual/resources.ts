import type { KindDefinition } from '../../resources/definition.ts'
import { selfSubjectReview } from './self-subject-review.ts'
import { selfSubjectRulesReview } from './self-subject-rules-review.ts'
import { accessReviews } from './subject-access-review.ts'
import { tokenReviewDefinition } from './token-review.ts'

/** Of all that is only asked, for those who describe the API. */
export const reviewDefinitions: readonly KindDefinition[] = [
  ...[...accessReviews, selfSubjectRulesReview, selfSubjectReview].map(({ definition }) => definition),
  tokenReviewDefinition,
]
