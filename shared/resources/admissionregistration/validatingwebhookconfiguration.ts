import { define } from '../definition.ts'
import type { ValidatingWebhookConfiguration } from '../resource.ts'
import { webhookColumns } from './webhook-columns.ts'
import { defaultWebhook } from './webhook-defaults.ts'
import { validateWebhooks } from './webhook-validation.ts'

export const validatingWebhookConfiguration = define<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  categories: ['api-extensions'],
  namespaced: false,
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration',
  hasGeneration: true,
  unconditionalUpdate: false,
  unqualifiedFinalizers: true,
  rechecksNames: [''],
  default: ({ webhooks }) => {
    for (const webhook of webhooks ?? []) defaultWebhook(webhook)
  },
  validate: ({ webhooks }) => validateWebhooks(webhooks),
  columns: webhookColumns,
})
