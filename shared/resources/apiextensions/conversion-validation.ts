import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label } from '../../meta/names.ts'
import type * as wire from '../generated/types.ts'
import { webhookClient } from '../validation/webhook-client.ts'

type Client = NonNullable<wire.CustomResourceConversion['webhook']>['clientConfig']

const strategies = ['None', 'Webhook']
const reviewVersions = ['v1', 'v1beta1']

export const validateConversion = (path: string, conversion: wire.CustomResourceConversion | undefined): FieldError[] => {
  if (!conversion) return []
  const { strategy, webhook } = conversion
  const errors: FieldError[] = []
  if (!strategy) errors.push(requiredValue(`${path}.strategy`))
  else if (!strategies.includes(strategy)) errors.push(notSupported(`${path}.strategy`, strategy, strategies))
  const [atConfig, atVersions] = [`${path}.webhookClientConfig`, `${path}.conversionReviewVersions`]
  const versions = webhook?.conversionReviewVersions ?? []
  if (strategy === 'Webhook')
    return [...errors, ...clientErrors(atConfig, webhook?.clientConfig), ...reviewErrors(atVersions, versions)]
  const why = 'should not be set when strategy is not set to Webhook'
  if (webhook?.clientConfig) errors.push(forbiddenField(atConfig, why))
  if (versions.length > 0) errors.push(forbiddenField(atVersions, why))
  return errors
}

const reviewErrors = (path: string, versions: readonly string[]): FieldError[] => {
  if (versions.length === 0) return [requiredValue(path)]
  const errors = versions.flatMap((version, index) =>
    versions.indexOf(version) < index
      ? [invalidValue(`${path}[${index}]`, version, 'duplicate version')]
      : dns1035Label(version).map((text) => invalidValue(`${path}[${index}]`, version, text)),
  )
  if (versions.some((version) => reviewVersions.includes(version))) return errors
  return [...errors, invalidValue(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)]
}

const clientErrors = (path: string, config: Client): FieldError[] => {
  if (!config) return [requiredValue(path, 'required when strategy is set to Webhook')]
  return webhookClient(path, config)
}
