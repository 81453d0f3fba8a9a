import type { IncomingHttpHeaders } from 'node:http'

/** Meant for one connection only, or for us: neither is passed on. */
export const notForwarded: ReadonlySet<string> = new Set([
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

export type HeaderFields = Readonly<Record<string, string | string[] | undefined>>

/** What the header Connection names is for this connection only, too. */
export const namedHops = ({ connection = '' }: HeaderFields): Set<string> =>
  new Set(
    String(connection)
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  )

/** Headers of an answer that may go on to the client. */
export const responseHeaders = (
  fields: IncomingHttpHeaders,
): { headers: Record<string, string>; cookies?: readonly string[] } => {
  const headers: Record<string, string> = {}
  const hops = namedHops(fields)
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || notForwarded.has(name) || hops.has(name) || name === 'set-cookie') continue
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const cookies = fields['set-cookie']
  return { headers, ...(cookies && { cookies }) }
}
