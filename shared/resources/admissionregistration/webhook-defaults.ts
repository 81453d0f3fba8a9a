import type { MutatingWebhook, ValidatingWebhook } from '../generated/types.ts'

/** What stands for what was not said of a webhook. In place. */
export const defaultWebhook = (webhook: ValidatingWebhook | MutatingWebhook): void => {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  webhook.timeoutSeconds ??= 10
  for (const rule of webhook.rules ?? []) rule.scope ??= '*'
  const { service } = webhook.clientConfig ?? {}
  if (service) service.port ??= 443
}
