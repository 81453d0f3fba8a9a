import { type ValidatingWebhookConfiguration, validatingWebhookConfigurations } from '../../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from '../admission.ts'
import { isExempt } from '../matching/exempt.ts'
import { matchWithoutNamespace } from '../matching/match.ts'
import { annotate } from './annotations.ts'
import { callWebhook, type WebhookCall } from './call.ts'
import { concerned } from './concerned.ts'
import { type ConfiguredWebhook, configuredWebhooks } from './configured.ts'
import { CallFailure, internalFailure } from './failure.ts'
import type { WebhookMetrics } from './metrics.ts'
import { observed } from './observed.ts'
import { ReviewedViews } from './review.ts'

const prefix = 'validating.webhook.admission.k8s.io/'

/**
 * "This admission controller calls any validating webhooks which match the request. Matching webhooks are called in parallel; if any of them rejects the
 * request, the request fails." https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#validatingadmissionwebhook
 */
export const createValidatingWebhooks = ({ metrics }: { readonly metrics: WebhookMetrics }): AdmissionPlugin => ({
  name: 'ValidatingAdmissionWebhook',
  connects: true,
  validate: (attributes, environment) => {
    const run = (configurations: readonly ValidatingWebhookConfiguration[]): Promise<void> | undefined => {
      if (configurations.length === 0 || isExempt(attributes)) return undefined
      const hooks = configuredWebhooks(configurations).filter(({ criteria }) => matchWithoutNamespace(criteria, attributes))
      return hooks.length === 0 ? undefined : callAll(hooks, attributes, { environment, metrics })
    }
    const known = environment.recent.all(validatingWebhookConfigurations)
    return known instanceof Promise ? known.then(run) : run(known)
  },
})

interface Around {
  readonly environment: AdmissionEnvironment
  readonly metrics: WebhookMetrics
}

const callAll = async (hooks: readonly ConfiguredWebhook[], attributes: AdmissionAttributes, around: Around): Promise<void> => {
  const calls: WebhookCall[] = []
  const views = new ReviewedViews()
  for (const hook of hooks) {
    const found = await concerned(hook, attributes, { ...around, type: 'validating', views })
    if (found) calls.push({ hook, ...found, mutating: false })
  }
  // The first to refuse decides, and all are heard.
  let first: { readonly error: unknown } | undefined
  const refused = (error: unknown) => {
    first ??= { error }
  }
  await Promise.all(calls.map((call, index) => callOne({ call, index }, attributes, around).catch(refused)))
  if (first) throw first.error
}

/** `index`: among those that the request concerns */
const callOne = async (
  { call, index }: { readonly call: WebhookCall; readonly index: number },
  attributes: AdmissionAttributes,
  { environment, metrics }: Around,
): Promise<void> => {
  const { hook } = call
  try {
    await observed({ hook, type: 'validating', attributes, metrics, clock: environment.clock }, () =>
      callWebhook(call, attributes, environment),
    )
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    if (!hook.ignoresFailures) throw internalFailure(error)
    const { name } = hook.webhook
    environment.log.warn('a webhook is left out, as it failed', { webhook: name, error: error.message })
    annotate(attributes.auditAnnotations, `failed-open.${prefix}round_0_index_${index}`, name)
  }
}
