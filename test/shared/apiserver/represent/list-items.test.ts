import { expect, it } from 'vitest'
import { ListItems } from '../../../../shared/apiserver/represent/list-items.ts'
import { seededRandom } from '../../../contract/random.ts'

const joined = (items: readonly Buffer[]): Buffer => {
  const list = new ListItems()
  for (const item of items) list.add(item)
  return Buffer.concat(list.chunks())
}

const item = (length: number, at: number) => Buffer.alloc(length, 'abcdefghij'[at % 10])

it.each([
  ['nothing', []],
  ['one', [3]],
  ['an item that fills the first piece to its end', [16 * 1024, 5]],
  ['a comma that fills it', [16 * 1024 - 1, 5]],
  ['an item that reaches over its end', [16 * 1024 - 4, 5]],
  ['an item of several pieces', [5, 3_000_000, 5]],
] as const)('joins %s by commas', (_name, lengths) => {
  const items = lengths.map(item)
  expect(joined(items).equals(Buffer.from(items.join(',')))).toBe(true)
})

it('joins items of any sizes by commas', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = seededRandom(seed)
    const items = Array.from({ length: random.below(200) }, (_, at) => item(1 + random.below(random.pick([10, 20_000, 200])), at))
    expect(joined(items).equals(Buffer.from(items.join(','))), `seed ${seed}`).toBe(true)
  }
})
