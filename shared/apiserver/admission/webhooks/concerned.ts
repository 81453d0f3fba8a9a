import { forbidden } from '../../../meta/status.ts'
import type { AdmissionAttributes, AdmissionEnvironment } from '../admission.ts'
import { expressionInputs } from '../expressions/inputs.ts'
import { matchConditions } from '../expressions/match-conditions.ts'
import { type AskedResource, askedName, askedOf } from '../matching/asked.ts'
import { match } from '../matching/match.ts'
import type { ConfiguredWebhook } from './configured.ts'
import type { WebhookMetrics, WebhookType } from './metrics.ts'
import type { ReviewedObjects, ReviewedViews } from './review.ts'

/** A webhook that a request concerns, and what it is shown. */
export interface Concerned {
  readonly asked: AskedResource
  readonly objects: ReviewedObjects
}

interface ConcernedOptions {
  readonly environment: AdmissionEnvironment
  readonly metrics: WebhookMetrics
  readonly type: WebhookType
  readonly views: ReviewedViews
}

/** Undefined: it does not. Throws the ApiError to answer where that can't be told. */
export const concerned = async (
  hook: ConfiguredWebhook,
  attributes: AdmissionAttributes,
  { environment, metrics, type, views }: ConcernedOptions,
): Promise<Concerned | undefined> => {
  const asked = await match(hook.criteria, attributes, environment)
  if (!asked) return undefined
  const objects = await views.of(attributes, asked)
  const conditions = hook.conditions()
  if (conditions.length === 0) return { asked, objects }
  const inputs = { ...(await expressionInputs(attributes, asked, environment)), ...objects }
  const result = await matchConditions(conditions, inputs, hook.ignoresFailures ? 'Ignore' : 'Fail')
  if (result.matches) return { asked, objects }
  const what = { name: hook.webhook.name, type, operation: attributes.operation }
  if (result.error !== undefined) {
    metrics.conditionFailed(what)
    const { group, resource } = askedOf(attributes)
    throw forbidden(group, resource, askedName(attributes), result.error)
  }
  metrics.excluded(what)
  return undefined
}
