export interface Message {
  /** number of the subscription that it came by; its subject may be another than was subscribed to */
  readonly subscription: string
  readonly reply: string | undefined
  /** of an answer without content, as 404 for "no message" */
  readonly status: string | undefined
  readonly data: string
}

export interface Frame {
  readonly verb: string
  /** what stands behind the verb */
  readonly text: string
  readonly message?: Message
  /** where the next one starts */
  readonly end: number
}

/** What the bytes start with; undefined while some of it has not come yet. */
export function readFrame(bytes: Buffer): Frame | undefined {
  const lineEnd = bytes.indexOf('\r\n')
  if (lineEnd < 0) return undefined
  const [verb = '', ...words] = bytes.toString('utf8', 0, lineEnd).split(' ')
  const frame = { verb: verb.toUpperCase(), text: words.join(' '), end: lineEnd + 2 }
  if (frame.verb !== 'MSG' && frame.verb !== 'HMSG') return frame

  // MSG subject sid [reply] size; HMSG subject sid [reply] size-of-headers size
  const withHeaders = frame.verb === 'HMSG'
  const size = Number(words.at(-1))
  const headSize = withHeaders ? Number(words.at(-2)) : 0
  const end = frame.end + size + 2
  if (bytes.length < end) return undefined
  const head = bytes.toString('utf8', frame.end, frame.end + headSize)
  const data = bytes.toString('utf8', frame.end + headSize, frame.end + size)
  const reply = words.length === (withHeaders ? 5 : 4) ? words[2] : undefined
  return { ...frame, end, message: { subscription: words[1]!, reply, status: /^NATS\/1\.0 (\d+)/.exec(head)?.[1], data } }
}
