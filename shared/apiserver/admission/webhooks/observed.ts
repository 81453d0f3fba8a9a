import type { Clock } from '../../../platform/clock.ts'
import type { AdmissionAttributes } from '../admission.ts'
import type { ConfiguredWebhook } from './configured.ts'
import { CallFailure, Rejection } from './failure.ts'
import type { WebhookMetrics, WebhookType } from './metrics.ts'

interface Observed {
  readonly hook: ConfiguredWebhook
  readonly type: WebhookType
  readonly attributes: AdmissionAttributes
  readonly metrics: WebhookMetrics
  readonly clock: Clock
}

/** Counts a call and what came of it. */
export const observed = async <T>({ hook, type, attributes, metrics, clock }: Observed, call: () => Promise<T>): Promise<T> => {
  const what = { name: hook.webhook.name, type, operation: attributes.operation }
  const startedMs = clock.now()
  const seconds = () => (clock.now() - startedMs) / 1000
  try {
    const result = await call()
    metrics.called(what, { seconds: seconds(), rejected: false, code: 200 })
    return result
  } catch (error) {
    const isFailure = error instanceof CallFailure
    const rejected = !(isFailure && hook.ignoresFailures)
    const code = isFailure || error instanceof Rejection ? error.code : 0
    const errorType = isFailure ? 'calling_webhook_error' : error instanceof Rejection ? 'no_error' : 'apiserver_internal_error'
    // who has gone says nothing of the webhook
    if (rejected && !attributes.context.request.signal.aborted) metrics.rejected(what, { errorType, code })
    if (!rejected) metrics.failedOpen(what)
    metrics.called(what, { seconds: seconds(), rejected, code })
    throw error
  }
}
