/** A block of a PEM text, as Go's encoding/pem reads it: text around blocks and blocks that are none are passed over. */
export interface PemBlock {
  readonly type: string
  readonly hasHeaders: boolean
  readonly bytes: Buffer
}

const blockPattern = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n([\s\S]*?)(?<=\n)-----END \1-----[ \t\r]*(?=\n|$)/g
const headerPattern = /^[^\n:]+:[^\n]*\n/
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/

export const pemBlocks = (text: string): PemBlock[] =>
  [...text.matchAll(blockPattern)].flatMap(([, type = '', body = '']) => {
    let rest = body
    while (headerPattern.test(rest)) rest = rest.replace(headerPattern, '')
    const encoded = rest.replace(/\s/g, '')
    if (!base64Pattern.test(encoded) || encoded.length % 4 !== 0) return []
    return [{ type, hasHeaders: rest !== body, bytes: Buffer.from(encoded, 'base64') }]
  })
