import { labelSelectorMatcher } from '../../../meta/label-selector.ts'
import type { MutatingWebhook, ValidatingWebhook } from '../../../resources/generated/types.ts'
import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '../../../resources/resource.ts'
import { type CompiledConditions, compileMatchConditions } from '../expressions/match-conditions.ts'
import type { MatchCriteria } from '../matching/match.ts'

/** One webhook of a configuration, ready to be asked whether a request concerns it. */
export interface ConfiguredWebhook {
  /** of the object that it stands in */
  readonly configuration: string
  /** other than of any other webhook, of the same name even */
  readonly id: string
  readonly webhook: ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>
  readonly criteria: MatchCriteria
  readonly ignoresFailures: boolean
  conditions(): CompiledConditions
}

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration

/** By what the cache gives: another array, or another object in it, where something changed. */
const ofAll = new WeakMap<readonly Configuration[], readonly ConfiguredWebhook[]>()
const ofOne = new WeakMap<Configuration, readonly ConfiguredWebhook[]>()

/** All webhooks in the order in which they are called: configurations by name, and as they stand in them. */
export const configuredWebhooks = (configurations: readonly Configuration[]): readonly ConfiguredWebhook[] => {
  const known = ofAll.get(configurations)
  if (known) return known
  const sorted = [...configurations].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const made = sorted.flatMap((one) => webhooksOf(one))
  ofAll.set(configurations, made)
  return made
}

const webhooksOf = (configuration: Configuration): readonly ConfiguredWebhook[] => {
  const known = ofOne.get(configuration)
  if (known) return known
  const { metadata, webhooks = [] } = configuration
  const names = new Map<string, number>()
  const made = webhooks.map((webhook): ConfiguredWebhook => {
    const count = names.get(webhook.name) ?? 0
    names.set(webhook.name, count + 1)
    return configured(webhook, { configuration: metadata.name, id: `${metadata.name}/${webhook.name}/${count}` })
  })
  ofOne.set(configuration, made)
  return made
}

const configured = (
  webhook: ConfiguredWebhook['webhook'],
  where: Pick<ConfiguredWebhook, 'configuration' | 'id'>,
): ConfiguredWebhook => {
  let conditions: CompiledConditions | undefined
  return {
    ...where,
    webhook,
    criteria: {
      rules: webhook.rules ?? [],
      matchPolicy: webhook.matchPolicy,
      namespaceSelector: labelSelectorMatcher(webhook.namespaceSelector ?? {}),
      objectSelector: labelSelectorMatcher(webhook.objectSelector ?? {}),
    },
    ignoresFailures: webhook.failurePolicy === 'Ignore',
    conditions: () => {
      conditions ??= compileMatchConditions(webhook.matchConditions ?? [], { params: false })
      return conditions
    },
  }
}
