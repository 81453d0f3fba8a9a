/** A block of a PEM text, as Go's encoding/pem reads it: text around blocks and blocks that are none are passed over. */
export interface PemBlock {
  readonly type: string
  readonly hasHeaders: boolean
  readonly bytes: Buffer
}

const beginning = /^-----BEGIN (.*)-----[ \t\r]*$/
const ending = /^-----END (.*)-----[ \t\r]*$/
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Line by line, so that no text takes more than one look. */
export const pemBlocks = (text: string): PemBlock[] => {
  const blocks: PemBlock[] = []
  let type: string | undefined
  let body: string[] = []
  for (const line of text.split('\n')) {
    const begun = beginning.exec(line)
    if (begun) {
      type = begun[1]
      body = []
      continue
    }
    const ended = ending.exec(line)
    if (ended && type !== undefined && ended[1] === type) {
      const block = blockOf(type, body)
      if (block) blocks.push(block)
    }
    if (ended) type = undefined
    else if (type !== undefined) body.push(line)
  }
  return blocks
}

const blockOf = (type: string, body: readonly string[]): PemBlock | undefined => {
  const isHeader = (line: string) => line.includes(':')
  const first = body.findIndex((line) => !isHeader(line))
  const encoded = body
    .slice(first < 0 ? body.length : first)
    .join('')
    .replace(/\s+/g, '')
  if (!base64.test(encoded) || encoded.length % 4 !== 0) return undefined
  return { type, hasHeaders: body[0] !== undefined && isHeader(body[0]), bytes: Buffer.from(encoded, 'base64') }
}
