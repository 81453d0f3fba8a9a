import { isRemoteHeader } from '../../reach/front-proxy.ts'
import { type HeaderFields, namedHops, notForwarded } from '../../reach/response-headers.ts'
import type { ApiRequest } from '../request.ts'

const secret = /^(authorization|impersonate-.*)$/

/** A bearer token may stand among the WebSocket protocols. */
const tokenProtocol = /^base64url\.bearer\.authorization\.k8s\.io\./

/** Of those that are known one by one, the ones without which nothing is understood. */
const leastNames = ['accept', 'content-type', 'content-encoding', 'user-agent']

/** Headers of a request that goes on, and whom it comes from. */
export const proxiedHeaders = (request: ApiRequest): Record<string, string | string[]> => {
  const { rawHeaders, remoteAddress } = request
  const least = () => Object.fromEntries(leastNames.map((name) => [name, request.header(name)]))
  const headers = requestHeaders(request.headers ?? (rawHeaders ? fieldsOf(rawHeaders) : least()))
  const forwarded = [headers['x-forwarded-for'] ?? [], remoteAddress ?? []].flat()
  if (forwarded.length > 0) headers['x-forwarded-for'] = forwarded.join(', ')
  return headers
}

/** Headers of a request that go on to where it is proxied, as upstream's reverse proxy passes them. */
const requestHeaders = (fields: HeaderFields): Record<string, string | string[]> => {
  const kept: Record<string, string | string[]> = {}
  const hops = namedHops(fields)
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || notForwarded.has(name) || hops.has(name)) continue
    if (name.startsWith(':') || name === 'expect' || secret.test(name)) continue
    kept[name] = value
  }
  const host = fields.host ?? fields[':authority']
  if (host !== undefined) kept.host = host
  if (/(^|[\s,])trailers($|[\s,;])/.test(String(fields.te ?? ''))) kept.te = 'trailers'
  return kept
}

/** Header lines by their lower-case names, values of the same name together. */
export const fieldsOf = (rawHeaders: readonly string[]): Record<string, string> => {
  const fields: Record<string, string> = {}
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase()
    const value = rawHeaders[index + 1]!
    fields[name] = fields[name] === undefined ? value : `${fields[name]}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return fields
}

/** Header lines of an upgrade request without what is only for us, as text. */
export const forwardedLines = (rawHeaders: readonly string[], host: string): string => {
  const lines = [`Host: ${host}`]
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    const lower = name.toLowerCase()
    if (lower === 'host' || secret.test(lower) || isRemoteHeader(lower)) continue
    const value = rawHeaders[index + 1]!
    lines.push(`${name}: ${lower === 'sec-websocket-protocol' ? withoutToken(value) : value}`)
  }
  return lines.map((line) => `${line}\r\n`).join('')
}

export const withoutToken = (protocols: string) =>
  protocols
    .split(',')
    .filter((protocol) => !tokenProtocol.test(protocol.trim()))
    .join(',')
