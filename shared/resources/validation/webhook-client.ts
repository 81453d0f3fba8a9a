import { type GoUrl, parseUrl, UrlError } from '../../cel/library/go-url.ts'
import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, portNumber } from '../../meta/names.ts'

export interface ServiceReference {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly path?: string | undefined
  readonly port?: number | undefined
}

/** Where a webhook is found. */
export interface ClientConfig {
  readonly url?: string | undefined
  readonly service?: ServiceReference | undefined
}

export const webhookClient = (path: string, { url, service }: ClientConfig): FieldError[] => {
  if ((url === undefined) === (service === undefined)) return [requiredValue(path, 'exactly one of url or service is required')]
  return url === undefined ? webhookService(`${path}.service`, service!) : webhookUrl(`${path}.url`, url)
}

const webhookUrl = (path: string, text: string): FieldError[] => {
  const form = '; desired format: https://host[/path]'
  let url: GoUrl
  try {
    url = parseUrl(text)
  } catch (error) {
    if (!(error instanceof UrlError)) throw error
    return [requiredValue(path, `url must be a valid URL: ${error.message}${form}`)]
  }
  const { scheme, user, host, fragment, rawQuery } = url
  return [
    ...(scheme === 'https' ? [] : [invalidValue(path, scheme, `'https' is the only allowed URL scheme${form}`)]),
    ...(host ? [] : [invalidValue(path, host, `host must be specified${form}`)]),
    ...(user === undefined ? [] : [invalidValue(path, user, 'user information is not permitted in the URL')]),
    ...(fragment ? [invalidValue(path, fragment, 'fragments are not permitted in the URL')] : []),
    ...(rawQuery ? [invalidValue(path, rawQuery, 'query parameters are not permitted in the URL')] : []),
  ]
}

/** Upstream mixes name and namespace up here. */
const webhookService = (path: string, { name, namespace, path: urlPath, port = 443 }: ServiceReference): FieldError[] => {
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
