import { expect, it } from 'vitest'
import { readPrelude } from './prelude.ts'

const read = async (parts: string[]) => {
  const body = async function* () {
    for (const part of parts) yield Buffer.from(part)
  }
  const found: unknown[] = []
  for await (const piece of readPrelude(body())) found.push('bytes' in piece ? Buffer.from(piece.bytes).toString() : piece)
  return found
}
const zeros = '\0'.repeat(8)
const prelude = { statusCode: 200, headers: { a: 'b' } }

it.each([
  ['in one piece', [`${JSON.stringify(prelude)}${zeros}body`], [prelude, 'body']],
  [
    'cut anywhere',
    ['{"statusCode":200,"headers":', `{"a":"b"}}${zeros.slice(3)}`, zeros.slice(5), 'body', 'more'],
    [prelude, 'body', 'more'],
  ],
  ['without a body', [`${JSON.stringify(prelude)}${zeros}`], [prelude]],
])('finds status and headers %s', async (_, parts, expected) => {
  expect(await read(parts)).toEqual(expected)
})

it('refuses an answer that begins with its body', async () => {
  await expect(read(['{"kind":"Status"}'])).rejects.toThrow('no status')
  await expect(read([])).rejects.toThrow('no status')
})
