import { define } from '../definition.ts'
import type { MutatingWebhookConfiguration } from '../resource.ts'
import { webhookColumns } from './webhook-columns.ts'
import { defaultWebhook } from './webhook-defaults.ts'
import { validateWebhooks } from './webhook-validation.ts'

export const mutatingWebhookConfiguration = define<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
  hasGeneration: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  rechecksNames: [''],
  default: ({ webhooks }) => {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook)
      webhook.reinvocationPolicy ??= 'Never'
    }
  },
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  columns: webhookColumns,
})
