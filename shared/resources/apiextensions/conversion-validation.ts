import { type FieldError, forbiddenField, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label, dns1123Subdomain, portNumber } from '../../meta/names.ts'
import type * as wire from '../generated/types.ts'

type Client = NonNullable<wire.CustomResourceConversion['webhook']>['clientConfig']
type Service = NonNullable<NonNullable<Client>['service']>

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
  const { url, service } = config
  if ((url === undefined) === (service === undefined)) return [requiredValue(path, 'exactly one of url or service is required')]
  return url === undefined ? serviceErrors(`${path}.service`, service!) : urlErrors(`${path}.url`, url)
}

const urlErrors = (path: string, text: string): FieldError[] => {
  const form = '; desired format: https://host[/path]'
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#]*)@)?([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(text)
  if (!match) return [requiredValue(path, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URL${form}`)]
  const [, scheme = '', user, host = '', query, fragment] = match
  return [
    ...(scheme === 'https' ? [] : [invalidValue(path, scheme, `'https' is the only allowed URL scheme${form}`)]),
    ...(host ? [] : [invalidValue(path, host, `host must be specified${form}`)]),
    ...(user === undefined ? [] : [invalidValue(path, user, 'user information is not permitted in the URL')]),
    ...(fragment ? [invalidValue(path, fragment, 'fragments are not permitted in the URL')] : []),
    ...(query ? [invalidValue(path, query, 'query parameters are not permitted in the URL')] : []),
  ]
}

/** Upstream mixes name and namespace up here. */
const serviceErrors = (path: string, { name, namespace, path: urlPath, port = 443 }: Service): FieldError[] => {
  const errors: FieldError[] = []
  if (!namespace) errors.push(requiredValue(`${path}.name`))
  if (!name) errors.push(requiredValue(`${path}.namespace`))
  const found = portNumber(port)
  if (found.length > 0) errors.push(invalidValue(`${path}.port`, port, `port is not valid: ${found.join(', ')}`))
  if (!urlPath || urlPath === '/') return errors
  const wrong = (text: string) => errors.push(invalidValue(`${path}.path`, urlPath, text))
  if (urlPath === '//') wrong('segment[0] may not be empty')
  else {
    if (!urlPath.startsWith('/')) wrong("must start with a '/'")
    for (const [index, step] of urlPath.slice(1).replace(/\/$/, '').split('/').entries()) {
      if (step === '') wrong(`segment[${index}] may not be empty`)
      else for (const text of dns1123Subdomain(step)) wrong(`segment[${index}]: ${text}`)
    }
  }
  return errors
}
