import { duplicateValue, type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label, dns1123Subdomain } from '../../meta/names.ts'
import type { MutatingWebhook, ValidatingWebhook } from '../generated/types.ts'
import { labelSelector } from '../validation/label.ts'
import { createSeen, each, optionalOneOf } from '../validation/value.ts'
import { webhookClient } from '../validation/webhook-client.ts'
import { matchConditions } from './match-condition-validation.ts'
import { validateRule } from './rule-validation.ts'

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>

const sideEffects = ['None', 'NoneOnDryRun']
const reviewVersions = ['v1', 'v1beta1']

/** Findings about the webhooks of a configuration. */
export const validateWebhooks = (webhooks: readonly Webhook[] | undefined): FieldError[] => {
  const seen = createSeen()
  return each('webhooks', webhooks, (path, webhook) => [
    ...validateWebhook(path, webhook),
    ...validateReviewVersions(`${path}.admissionReviewVersions`, webhook.admissionReviewVersions ?? []),
    ...(webhook.name && seen(webhook.name) ? [duplicateValue(`${path}.name`, webhook.name)] : []),
  ])
}

const validateWebhook = (path: string, webhook: Webhook): FieldError[] => {
  const { timeoutSeconds } = webhook
  return [
    ...qualifiedDomain(`${path}.name`, webhook.name),
    ...each(`${path}.rules`, webhook.rules, (at, rule) => validateRule(at, rule)),
    ...optionalOneOf(`${path}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore']),
    ...optionalOneOf(`${path}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact']),
    ...validateSideEffects(`${path}.sideEffects`, webhook.sideEffects),
    ...(timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)
      ? [invalidValue(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...labelSelector(`${path}.namespaceSelector`, webhook.namespaceSelector),
    ...labelSelector(`${path}.objectSelector`, webhook.objectSelector),
    ...optionalOneOf(`${path}.reinvocationPolicy`, webhook.reinvocationPolicy, ['IfNeeded', 'Never']),
    ...webhookClient(`${path}.clientConfig`, webhook.clientConfig ?? {}),
    ...matchConditions(`${path}.matchConditions`, webhook.matchConditions, { params: false }),
  ]
}

/** With three parts at least: nobody is to take another's by chance. */
const qualifiedDomain = (path: string, name: string): FieldError[] => {
  if (!name) return [requiredValue(path)]
  const found = dns1123Subdomain(name)
  if (found.length > 0) return [invalidValue(path, name, found.join(','))]
  if (name.split('.').length >= 3) return []
  return [invalidValue(path, name, 'should be a domain with at least three segments separated by dots')]
}

const validateSideEffects = (path: string, given: string | null | undefined): FieldError[] => {
  if (given === undefined || given === null) return [requiredValue(path, `must specify one of ${sideEffects.join(', ')}`)]
  return sideEffects.includes(given) ? [] : [notSupported(path, given, sideEffects)]
}

const validateReviewVersions = (path: string, versions: readonly string[]): FieldError[] => {
  if (versions.length === 0) return [requiredValue(path, `must specify one of ${reviewVersions.join(', ')}`)]
  const seen = createSeen()
  const errors = each(path, versions, (at, version) =>
    seen(version)
      ? [invalidValue(at, version, 'duplicate version')]
      : dns1035Label(version).map((text) => invalidValue(at, version, text)),
  )
  if (versions.some((version) => reviewVersions.includes(version))) return errors
  return [...errors, invalidValue(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)]
}
