import { ApiError } from '../../../meta/status.ts'
import { type MutatingWebhookConfiguration, mutatingWebhookConfigurations } from '../../../resources/resource.ts'
import type { AdmissionAttributes, AdmissionEnvironment, AdmissionPlugin } from '../admission.ts'
import { isExempt } from '../matching/exempt.ts'
import { matchWithoutNamespace } from '../matching/match.ts'
import { annotate } from './annotations.ts'
import { callWebhook } from './call.ts'
import { concerned } from './concerned.ts'
import { type ConfiguredWebhook, configuredWebhooks } from './configured.ts'
import { CallFailure, internalFailure } from './failure.ts'
import type { WebhookMetrics } from './metrics.ts'
import { observed } from './observed.ts'
import { applyAnswer, type Patched } from './patch.ts'
import { Reinvocation } from './reinvocation.ts'
import { ReviewedViews } from './review.ts'

const name = 'MutatingAdmissionWebhook'
const prefix = 'mutation.webhook.admission.k8s.io/'

/**
 * "This admission controller calls any mutating webhooks which match the request. Matching webhooks are called in serial; each one may modify the object
 * if it desires." https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#mutatingadmissionwebhook
 */
export const createMutatingWebhooks = ({ metrics }: { readonly metrics: WebhookMetrics }): AdmissionPlugin => ({
  name,
  connects: true,
  mutate: (attributes, environment) => {
    const run = (configurations: readonly MutatingWebhookConfiguration[]): Promise<void> | undefined => {
      if (configurations.length === 0 || isExempt(attributes)) return undefined
      const hooks = configuredWebhooks(configurations)
      // Until one has changed something, none concerns the request that does not now.
      if (!hooks.some(({ criteria }) => matchWithoutNamespace(criteria, attributes))) return undefined
      return callAll(hooks, attributes, { environment, metrics })
    }
    const known = environment.recent.all(mutatingWebhookConfigurations)
    return known instanceof Promise ? known.then(run) : run(known)
  },
})

interface Around {
  readonly environment: AdmissionEnvironment
  readonly metrics: WebhookMetrics
}

const callAll = async (
  hooks: readonly ConfiguredWebhook[],
  attributes: AdmissionAttributes,
  { environment, metrics }: Around,
): Promise<void> => {
  const { rounds } = environment
  const reinvocation = rounds.state(name, () => new Reinvocation())
  const round = rounds.again ? 1 : 0
  if (rounds.again) reinvocation.lookAt(attributes.object)
  const views = new ReviewedViews()
  for (const [index, hook] of hooks.entries()) {
    const found = await concerned(hook, attributes, { environment, metrics, type: 'admit', views })
    // Whom the request did not concern before is not called now, though it may.
    if (!found || (rounds.again && !reinvocation.isDue(hook.id))) continue
    const call = { hook, ...found, mutating: true }
    const patched = await callOne({ call, round, index }, attributes, { environment, metrics })
    if (patched?.changed) {
      views.forget()
      reinvocation.changed()
      rounds.changed()
    }
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') reinvocation.called(hook.id)
  }
  reinvocation.leave(attributes.object)
}

interface Turn {
  readonly call: Parameters<typeof callWebhook>[0]
  readonly round: number
  /** among all webhooks */
  readonly index: number
}

const callOne = async (
  { call, round, index }: Turn,
  attributes: AdmissionAttributes,
  { environment, metrics }: Around,
): Promise<Patched | undefined> => {
  const { hook } = call
  const { auditAnnotations } = attributes
  const at = `round_${round}_index_${index}`
  const about = { configuration: hook.configuration, webhook: hook.webhook.name }
  let patched: Patched | undefined
  try {
    patched = await observed({ hook, type: 'admit', attributes, metrics, clock: environment.clock }, async () => {
      const answer = await callWebhook(call, attributes, environment)
      return applyAnswer(answer, attributes, call)
    })
    if (patched) {
      const { operations: patch } = patched
      const said = JSON.stringify({ ...about, patch, patchType: 'JSONPatch' })
      annotate(auditAnnotations, `patch.webhook.admission.k8s.io/${at}`, said)
    }
    return patched
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    if (!hook.ignoresFailures) throw internalFailure(error)
    environment.log.warn('a webhook is left out, as it failed', { webhook: about.webhook, error: error.message })
    annotate(auditAnnotations, `failed-open.${prefix}${at}`, about.webhook)
    if (environment.remainingMs() <= 0)
      throw new ApiError('Timeout', 'Timeout: request did not complete within requested timeout')
    return undefined
  } finally {
    annotate(auditAnnotations, `${prefix}${at}`, JSON.stringify({ ...about, mutated: patched?.changed ?? false }))
  }
}
