import { boolType, listOf, mapOf, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { CelError, type CelValue, OpaqueValue, ValueList, ValueMap } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'
import { escapedPath, type GoUrl, parseRequestUri, parseUrl, queryOf, splitHost, UrlError, urlText } from './go-url.ts'

export const urlType = structType('kubernetes.URL')

export class UrlValue extends OpaqueValue {
  readonly type = urlType
  readonly url: GoUrl
  constructor(url: GoUrl) {
    super()
    this.url = url
  }
  equals(other: CelValue): boolean | CelError {
    return other instanceof UrlValue ? urlText(this.url) === urlText(other.url) : wrongArgument(other)
  }
}

const read = (text: string): CelValue => {
  try {
    parseRequestUri(text)
    return new UrlValue(parseUrl(text))
  } catch (error) {
    if (!(error instanceof UrlError)) throw error
    return new CelError(`URL parse error during conversion from string: ${error.message}`)
  }
}

const isUrl = (text: string): boolean => {
  try {
    parseRequestUri(text)
    return true
  } catch (error) {
    if (error instanceof UrlError) return false
    throw error
  }
}

const part = (name: string, id: string, read: (url: GoUrl) => string): FunctionDeclaration =>
  declare(name, [method(id, [urlType], stringType, ({ url }: UrlValue) => read(url))])

export const url: readonly FunctionDeclaration[] = [
  declare('url', [overload('string_to_url', [stringType], urlType, read)]),
  part('getScheme', 'url_get_scheme', ({ scheme }) => scheme),
  part('getHost', 'url_get_host', ({ host }) => host),
  part('getHostname', 'url_get_hostname', (one) => splitHost(one).hostname),
  part('getPort', 'url_get_port', (one) => splitHost(one).port),
  part('getEscapedPath', 'url_get_escaped_path', escapedPath),
  declare('getQuery', [
    method(
      'url_get_query',
      [urlType],
      mapOf(stringType, listOf(stringType)),
      ({ url: one }: UrlValue) => new ValueMap([...queryOf(one)].map(([key, values]) => [key, new ValueList(values)] as const)),
    ),
  ]),
  declare('isURL', [overload('is_url_string', [stringType], boolType, isUrl)]),
]
