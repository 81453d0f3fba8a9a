import { quoted } from '../value/string.ts'
import { AddressError, parseAddress } from './ip-address.ts'

/** A URL as Go's net/url takes it apart; percents are decoded where Go decodes them. */
export interface GoUrl {
  readonly scheme: string
  readonly opaque: string
  readonly user: string | undefined
  readonly host: string
  readonly omitHost: boolean
  readonly path: string
  readonly rawPath: string
  readonly forceQuery: boolean
  readonly rawQuery: string
  readonly fragment: string
}

/** What is wrong with a URL, in Go's words. */
export class UrlError extends Error {}

type Mode = 'path' | 'host' | 'zone' | 'userinfo' | 'query'

const refuse = (why: string): never => {
  throw new UrlError(why)
}

/** Characters of ASCII that a host may have as they are. */
const inHost = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/

const decoded = (text: string, mode: Mode): string => {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '%') {
      const hex = text.slice(at + 1, at + 3)
      if (!/^[0-9a-fA-F]{2}$/.test(hex)) return refuse(`invalid URL escape ${quoted(text.slice(at, at + 3))}`)
      const byte = Number.parseInt(hex, 16)
      if (mode === 'host' && byte < 0x80 && hex !== '25') return refuse(`invalid URL escape ${quoted(`%${hex}`)}`)
      if (mode === 'zone' && hex !== '25' && byte !== 0x20 && byte < 0x80 && !inHost.test(String.fromCharCode(byte)))
        return refuse(`invalid URL escape ${quoted(`%${hex}`)}`)
      bytes.push(byte)
      at += 2
    } else if ((mode === 'host' || mode === 'zone') && character < '\x80' && !inHost.test(character))
      return refuse(`invalid character ${quoted(character)} in host name`)
    else bytes.push(...Buffer.from(mode === 'query' && character === '+' ? ' ' : String.fromCodePoint(text.codePointAt(at)!)))
    if (text.codePointAt(at)! > 0xffff) at++
  }
  return Buffer.from(bytes).toString()
}

const escapePath = (path: string): string =>
  [...Buffer.from(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return byte < 0x80 && /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

const schemeOf = (text: string): [scheme: string, rest: string] => {
  if (text.startsWith(':')) return refuse('missing protocol scheme')
  const match = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text)
  return match ? [match[1]!.toLowerCase(), text.slice(match[0].length)] : ['', text]
}

const checkPort = (port: string): void => {
  if (!/^(?::\d*)?$/.test(port)) refuse(`invalid port ${quoted(port)} after host`)
}

const parseHost = (scheme: string, host: string): string => {
  const open = host.lastIndexOf('[')
  if (open > 0) return refuse('invalid IP-literal')
  if (open === 0) {
    const close = host.lastIndexOf(']')
    if (close < 0) return refuse("missing ']' in host")
    const port = host.slice(close + 1)
    checkPort(port)
    const name = host.slice(1, close)
    const zone = name.indexOf('%25')
    const address = zone < 0 ? decoded(name, 'host') : decoded(name.slice(0, zone), 'host') + decoded(name.slice(zone), 'zone')
    try {
      if (parseAddress(address).bytes.length === 4) return refuse('invalid IP-literal')
    } catch (error) {
      if (error instanceof AddressError) return refuse(`invalid host: ${error.message}`)
      throw error
    }
    return `[${address}]${port}`
  }
  const colon = scheme === 'http' || scheme === 'https' ? host.indexOf(':') : host.lastIndexOf(':')
  if (colon >= 0) checkPort(host.slice(colon))
  return decoded(host, 'host')
}

const parseAuthority = (scheme: string, authority: string): { user: string | undefined; host: string } => {
  const at = authority.lastIndexOf('@')
  const host = parseHost(scheme, authority.slice(at + 1))
  if (at < 0) return { user: undefined, host }
  const user = authority.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return refuse('net/url: invalid userinfo')
  for (const part of user.split(':')) decoded(part, 'userinfo')
  return { user, host }
}

const parse = (text: string, viaRequest: boolean): GoUrl => {
  const none = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    omitHost: false,
    path: '',
    rawPath: '',
    forceQuery: false,
    rawQuery: '',
    fragment: '',
  }
  if ([...text].some((one) => one < ' ' || one === '\x7f')) return refuse('net/url: invalid control character in URL')
  if (text === '' && viaRequest) return refuse('empty url')
  if (text === '*') return { ...none, path: '*' }
  const [scheme, behind] = schemeOf(text)
  let rest = behind
  let rawQuery = ''
  const forceQuery = rest.endsWith('?') && rest.indexOf('?') === rest.length - 1
  const question = rest.indexOf('?')
  if (question >= 0) {
    rawQuery = rest.slice(question + 1)
    rest = rest.slice(0, question)
  }
  const url = { ...none, scheme, rawQuery, forceQuery }
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: rest }
    if (viaRequest) return refuse('invalid URI for request')
    if (rest.split('/')[0]!.includes(':')) return refuse('first path segment in URL cannot contain colon')
  }
  let authority: { user: string | undefined; host: string } = { user: undefined, host: '' }
  let omitHost = false
  if ((scheme !== '' || (!viaRequest && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2)
    authority = parseAuthority(scheme, rest.slice(2, slash < 0 ? undefined : slash))
    rest = slash < 0 ? '' : rest.slice(slash)
  } else omitHost = scheme !== '' && rest.startsWith('/')
  const path = decoded(rest, 'path')
  return { ...url, ...authority, omitHost, path, rawPath: escapePath(path) === rest ? '' : rest }
}

const inWords = <T>(text: string, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    if (error instanceof UrlError) throw new UrlError(`parse ${quoted(text)}: ${error.message}`)
    throw error
  }
}

/** An absolute URL or path, as in a request. Throws UrlError. */
export const parseRequestUri = (text: string): GoUrl => inWords(text, () => parse(text, true))

/** Any URL. Throws UrlError. */
export const parseUrl = (text: string): GoUrl => {
  const hash = text.indexOf('#')
  const head = hash < 0 ? text : text.slice(0, hash)
  const url = inWords(head, () => parse(head, false))
  return hash < 0 ? url : { ...url, fragment: inWords(text, () => decoded(text.slice(hash + 1), 'path')) }
}

export const escapedPath = ({ path, rawPath }: GoUrl): string => {
  if (rawPath !== '' && /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/.test(rawPath)) return rawPath
  return path === '*' ? '*' : escapePath(path)
}

/** The host without its port, and the port. */
export const splitHost = ({ host }: GoUrl): { hostname: string; port: string } => {
  const match = /^(.*):(\d*)$/s.exec(host)
  const [hostname, port] = match ? [match[1]!, match[2]!] : [host, '']
  return { hostname: /^\[.*\]$/s.test(hostname) ? hostname.slice(1, -1) : hostname, port }
}

/** Parameters that can be read; the others are left out. */
export const queryOf = ({ rawQuery }: GoUrl): Map<string, string[]> => {
  const values = new Map<string, string[]>()
  for (const pair of rawQuery.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    try {
      const key = decoded(equals < 0 ? pair : pair.slice(0, equals), 'query')
      const value = equals < 0 ? '' : decoded(pair.slice(equals + 1), 'query')
      values.set(key, [...(values.get(key) ?? []), value])
    } catch (error) {
      if (!(error instanceof UrlError)) throw error
    }
  }
  return values
}

/** The whole again; two URLs are the same where these are. */
export const urlText = (url: GoUrl): string => {
  let text = url.scheme === '' ? '' : `${url.scheme}:`
  if (url.opaque !== '') text += url.opaque
  else {
    const { user, host, path } = url
    const hasHost = host !== '' || user !== undefined
    if ((url.scheme !== '' || hasHost) && !(url.omitHost && !hasHost) && (hasHost || path !== '')) text += '//'
    if (user !== undefined) text += `${user}@`
    text += host + (path !== '' && !path.startsWith('/') && host !== '' ? '/' : '') + escapedPath(url)
  }
  if (url.forceQuery || url.rawQuery !== '') text += `?${url.rawQuery}`
  return url.fragment === '' ? text : `${text}#${url.fragment}`
}
