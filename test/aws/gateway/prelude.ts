export interface Prelude {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

/** Status and headers as JSON, eight zero bytes, then the body. Throws when an answer begins otherwise. */
export async function* readPrelude(body: AsyncIterable<Uint8Array>): AsyncGenerator<Prelude | { readonly bytes: Uint8Array }> {
  let before: Buffer | undefined = Buffer.alloc(0)
  for await (const part of body) {
    if (before === undefined) {
      yield { bytes: part }
      continue
    }
    before = Buffer.concat([before, part])
    const end = before.indexOf(delimiter)
    if (end < 0 && before.length > 65_536) break
    if (end < 0) continue
    yield JSON.parse(before.subarray(0, end).toString()) as Prelude
    const bytes = before.subarray(end + delimiter.length)
    before = undefined
    if (bytes.length > 0) yield { bytes }
  }
  if (before !== undefined) throw new Error('the answer has no status and headers')
}

const delimiter = Buffer.alloc(8)
