import type { ApiRequest } from '../request.ts'

/** Bytes. */
const maxLength = 128

/** Go's: letters, marks, numbers, punctuation, symbols, and of all spaces only the one of ASCII. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Who a write is by: as the client says, else what its user agent says before the first slash. */
export const managerName = (request: Pick<ApiRequest, 'query' | 'header'>): string =>
  request.query.get('fieldManager') || fromUserAgent(request.header('user-agent') ?? '')

const fromUserAgent = (userAgent: string): string => {
  let name = ''
  let bytes = 0
  for (const character of userAgent.split('/')[0]!) {
    if (!printable.test(character)) continue
    bytes += Buffer.byteLength(character)
    if (bytes > maxLength) break
    name += character
  }
  return name
}
