import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { rewriteHtml } from '../../../../shared/apiserver/streams/rewrite-html.ts'

const rewritten = async (page: string): Promise<string> => {
  const rewriter = rewriteHtml((url) => `/p${url}`)
  rewriter.end(Buffer.from(page))
  return text(rewriter)
}

it.each([
  ['<a href="/x">', '<a href="/p/x">'],
  ["<a class=b href='/x'>", "<a class=b href='/p/x'>"],
  ['<a\thref=/x>', '<a\thref=/p/x>'],
  ['<img/src="/x"longdesc="/y">', '<img/src="/p/x"longdesc="/p/y">'],
  ['<a data-href="/x">', '<a data-href="/x">'],
])('rewrites %s', async (page, expected) => {
  expect(await rewritten(page)).toBe(expected)
})

it.each([
  ['one long name', `<a ${'x'.repeat(60_000)}>`],
  ['names without values', `<a ${'x '.repeat(30_000)}>`],
  ['equals signs', `<a ${'x='.repeat(30_000)}>`],
  ['white space before nothing', `<a x${' '.repeat(60_000)}>`],
  ['open quotes', `<a ${'"'.repeat(60_000)}>`],
])('takes no longer over a tag that is made to be slow: %s', async (_, tag) => {
  const start = performance.now()
  expect(await rewritten(tag.repeat(10))).toBe(tag.repeat(10))
  // By the square of its length it is half a minute.
  expect(performance.now() - start).toBeLessThan(3000)
})
