import type { IncomingHttpHeaders } from 'node:http'

/** Meant for one connection only, or for us: neither is passed on. */
const notForwarded = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const secret = /^(authorization|impersonate-.*)$/

/** A bearer token may stand among the WebSocket protocols. */
const tokenProtocol = /^base64url\.bearer\.authorization\.k8s\.io\./

/** Headers of an answer that may go on to the client. */
export const responseHeaders = (headers: IncomingHttpHeaders): Record<string, string> => {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !notForwarded.has(name)) kept[name] = Array.isArray(value) ? value.join(', ') : value
  return kept
}

/** Header lines of an upgrade request without what is only for us, as text. */
export const forwardedLines = (rawHeaders: readonly string[], host: string): string => {
  const lines = [`Host: ${host}`]
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    const lower = name.toLowerCase()
    if (lower === 'host' || secret.test(lower)) continue
    const value = rawHeaders[index + 1]!
    lines.push(`${name}: ${lower === 'sec-websocket-protocol' ? withoutToken(value) : value}`)
  }
  return lines.map((line) => `${line}\r\n`).join('')
}

const withoutToken = (protocols: string) =>
  protocols
    .split(',')
    .filter((protocol) => !tokenProtocol.test(protocol.trim()))
    .join(',')
