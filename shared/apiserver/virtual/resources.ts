import type { KindDefinition } from '../../resources/definition.ts'
import { nodeMetricsDefinition, podMetricsDefinition } from '../../resources/metrics/definitions.ts'
import type { VirtualResource } from '../context.ts'
import { selfSubjectReview } from '../reviews/self-subject-review.ts'
import { selfSubjectRulesReview } from '../reviews/self-subject-rules-review.ts'
import { accessReviews } from '../reviews/subject-access-review.ts'
import { tokenReviewDefinition } from '../reviews/token-review.ts'
import { bindings } from './binding.ts'
import { componentStatuses } from './component-status.ts'

/** All that is only asked, but for what needs tokens or heartbeats. */
export const virtualResources: readonly VirtualResource[] = [
  bindings,
  componentStatuses,
  ...accessReviews,
  selfSubjectRulesReview,
  selfSubjectReview,
]

/** Of all that is only asked, for those who describe the API. */
export const virtualDefinitions: readonly KindDefinition[] = [
  ...virtualResources.map(({ definition }) => definition),
  tokenReviewDefinition,
  nodeMetricsDefinition,
  podMetricsDefinition,
]
