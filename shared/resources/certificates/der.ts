/** One value of DER. */
export interface DerValue {
  readonly tag: number
  /** with tag and length */
  readonly whole: Buffer
  readonly content: Buffer
}

const truncated = () => new Error('asn1: syntax error: data truncated')

/** The values that stand one after the other. Throws Error, in Go's words, for what is none. */
export const derValues = (bytes: Buffer): DerValue[] => {
  const values: DerValue[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const value = derValue(bytes, offset)
    values.push(value)
    offset += value.whole.length
  }
  return values
}

/** The one that begins at an offset. */
export const derValue = (bytes: Buffer, offset: number): DerValue => {
  const [tag, first] = [bytes[offset], bytes[offset + 1]]
  if (tag === undefined || first === undefined) throw truncated()
  const size = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || size > 4) throw new Error('asn1: syntax error: indefinite length found (not DER)')
  const start = offset + 2 + size
  if (start > bytes.length) throw truncated()
  const length = size === 0 ? first : bytes.readUIntBE(offset + 2, size)
  if (start + length > bytes.length) throw truncated()
  return { tag, whole: bytes.subarray(offset, start + length), content: bytes.subarray(start, start + length) }
}
