import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { inBatches } from '../../../agent/answers/batches.ts'

const all = async (source: AsyncIterable<Buffer>) => {
  const found: [number, boolean][] = []
  for await (const { data, last } of inBatches(source)) found.push([data.length, last])
  return found
}

it('puts what comes together into one part, and says that it is the last', async () => {
  const source = new PassThrough()
  for (const line of ['one\n', 'two\n']) source.write(line)
  source.end()
  expect(await all(source)).toEqual([[8, true]])
})

it('has a last part though there is nothing', async () => {
  expect(await all(new PassThrough().end())).toEqual([[0, true]])
})

it('cuts what is too much for one', async () => {
  const source = new PassThrough()
  source.end(Buffer.alloc(600 * 1024))
  const found = await all(source)
  expect(found.map(([size]) => size)).toEqual([262_144, 262_144, 90_112])
  expect(found.map(([, last]) => last)).toEqual([false, false, true])
})

it('begins at once, hands on what stands still, and is silent while nothing comes', async () => {
  const source = new PassThrough()
  const parts = inBatches(source)
  expect(await parts.next()).toMatchObject({ value: { data: Buffer.alloc(0), last: false } })
  source.write('line\n')
  expect((await parts.next()).value?.data.toString()).toBe('line\n')
  const next = parts.next()
  source.end('end\n')
  expect((await next).value).toMatchObject({ data: Buffer.from('end\n'), last: true })
  expect((await parts.next()).done).toBe(true)
})

it('hands on what never stands still', async () => {
  const source = new PassThrough()
  const ticking = setInterval(() => source.write('tick\n'), 20)
  const parts = inBatches(source)
  const began = performance.now()
  for (let i = 0; i < 3; i++) expect((await parts.next()).value?.data.toString()).toMatch(/^(tick\n)+$/)
  clearInterval(ticking)
  expect(performance.now() - began).toBeGreaterThan(400)
  await parts.return(undefined)
}, 5000)

it('says now and then that it is there', async () => {
  const parts = inBatches(new PassThrough(), 10)
  for (let i = 0; i < 3; i++) expect(await parts.next()).toMatchObject({ value: { data: Buffer.alloc(0), last: false } })
})

it('fails as its source does', async () => {
  const source = new PassThrough()
  const parts = inBatches(source)
  await parts.next()
  const next = parts.next()
  source.destroy(new Error('the engine has gone'))
  await expect(next).rejects.toThrow('the engine has gone')
})
