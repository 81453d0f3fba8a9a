import { Count, Histogram, type MetricFamily } from '../../metrics/prometheus.ts'

/** `admit` of those that change objects, as upstream calls it */
export type WebhookType = 'admit' | 'validating'

export interface CalledWebhook {
  readonly name: string
  readonly type: WebhookType
  readonly operation: string
}

/** Upstream's, of the webhooks that this process has called. */
export interface WebhookMetrics {
  readonly families: readonly MetricFamily[]
  /** `code`: of the Status behind a refusal; 200: it let the request through, 0: the fault is ours */
  called(what: CalledWebhook, outcome: { readonly seconds: number; readonly rejected: boolean; readonly code: number }): void
  rejected(what: CalledWebhook, why: { readonly errorType: RejectionType; readonly code: number }): void
  failedOpen(what: Pick<CalledWebhook, 'name' | 'type'>): void
  excluded(what: CalledWebhook): void
  conditionFailed(what: CalledWebhook): void
}

export type RejectionType = 'calling_webhook_error' | 'apiserver_internal_error' | 'no_error'

const buckets = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25]
/** keeps what a webhook may answer from making ever more of them */
const highestCode = 600
const codeOf = (code: number) => String(Math.min(code, highestCode))

export const createWebhookMetrics = (): WebhookMetrics => {
  const duration = new Histogram(
    'apiserver_admission_webhook_admission_duration_seconds',
    'Admission webhook latency histogram in seconds, identified by name and broken out for each operation and API resource and type (validate or admit).',
    buckets,
  )
  const rejections = new Count(
    'apiserver_admission_webhook_rejection_count',
    'Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify an error type (calling_webhook_error or apiserver_internal_error if an error occurred; no_error otherwise) and optionally a non-zero rejection code if the webhook rejects the request with an HTTP status code (honored by the apiserver when the code is greater or equal to 400). Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
  )
  const failOpen = new Count(
    'apiserver_admission_webhook_fail_open_count',
    'Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).',
  )
  const requests = new Count(
    'apiserver_admission_webhook_request_total',
    'Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation. Additional labels specify whether the request was rejected or not and an HTTP status code. Codes greater than 600 are truncated to 600, to keep the metrics cardinality bounded.',
  )
  const exclusions = new Count(
    'apiserver_admission_match_condition_exclusions_total',
    'Admission match condition evaluation exclusions count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
  )
  const conditionErrors = new Count(
    'apiserver_admission_match_condition_evaluation_errors_total',
    'Admission match condition evaluation errors count, identified by name of resource containing the match condition and broken out for each kind containing matchConditions (webhook or policy), operation and admission type (validate or admit).',
  )
  return {
    families: [duration, rejections, failOpen, requests, exclusions, conditionErrors],
    called: ({ name, type, operation }, { seconds, rejected, code }) => {
      const labels = { name, type, operation, rejected: String(rejected) }
      requests.add({ ...labels, code: codeOf(code) })
      duration.observe(labels, seconds)
    },
    rejected: ({ name, type, operation }, { errorType, code }) =>
      rejections.add({ name, type, operation, error_type: errorType, rejection_code: codeOf(code) }),
    failedOpen: ({ name, type }) => failOpen.add({ name, type }),
    excluded: ({ name, type, operation }) => exclusions.add({ name, kind: 'webhook', type, operation }),
    conditionFailed: ({ name, type, operation }) => conditionErrors.add({ name, kind: 'webhook', type, operation }),
  }
}
