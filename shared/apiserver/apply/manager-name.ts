import type { ApiRequest } from '../request.ts'

/** Bytes. */
const maxLength = 128

/** Go's: letters, marks, numbers, punctuation, symbols, and of all spaces only the one of ASCII. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Who a write is by: as the client says, else what its user agent says before the first slash. */
export const managerName = (request: Pick<ApiRequest, 'query' | 'header'>): string =>
  request.query.get('fieldManager') || fromUserAgent(request.header('user-agent') ?? '')

/** All that most are made of. */
const plain = /^[\x20-\x7e]*$/

const fromUserAgent = (userAgent: string): string => {
  const slash = userAgent.indexOf('/')
  const program = slash < 0 ? userAgent : userAgent.slice(0, slash)
  if (plain.test(program)) return program.slice(0, maxLength)
  let name = ''
  let bytes = 0
  for (const character of program) {
    if (!printable.test(character)) continue
    bytes += Buffer.byteLength(character)
    if (bytes > maxLength) break
    name += character
  }
  return name
}
