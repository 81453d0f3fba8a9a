import { describe, expect, it } from 'vitest'
import { type Answer, answerTo } from './world.ts'

const exceeded = 'operation cancelled: actual cost limit exceeded'
const tooDeep = 'ERROR: <input>:-1:0: expression recursion limit exceeded: 250'
const many = (text: string, count: number) => text.repeat(count)

/** Names of expressions that want more than they get. */
const hostile: readonly (readonly [name: string, expression: string, answer: Answer])[] = [
  ['parentheses', `${many('(', 45_000)}1${many(')', 45_000)}`, { issues: tooDeep }],
  ['lists', many('[', 45_000), { issues: tooDeep }],
  ['a long sum', `1${many('+1', 45_000)}`, { issues: tooDeep }],
  ['a long way', `x${many('.a', 40_000)}`, { issues: tooDeep }],
  ['signs', `${many('-', 90_001)}1`, { value: '-1' }],
  ['a long disjunction', `b${many('||b', 20_000)}`, { value: 'true' }],
  [
    'too long a text',
    `'${many('a', 100_000)}'`,
    { issues: 'ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100002, limit 100000' },
  ],
  ['too long a number', many('1', 90_000), {}],
  [
    'a macro that doubles its target',
    `o${many('.optMap(v, v)', 100)}`,
    { issues: 'ERROR: <input>:-1:0: expression node limit exceeded: 130000' },
  ],
  [
    'loops in loops',
    'lists.range(1000).all(a, lists.range(1000).all(b, lists.range(1000).all(c, a + b + c >= 0)))',
    { error: exceeded },
  ],
  ['a text that grows', `['aaaaaaaaaa']${many(".map(a, a.replace('', a))", 6)}`, { error: exceeded }],
  ['a text that doubles', `['ab']${many('.map(v, v + v + v + v + v + v + v + v)', 12)}`, { error: exceeded }],
  [
    'a list that doubles and is compared',
    `[[1]]${many('.map(v, v + v + v + v + v + v + v + v)', 12)}.map(v, v == v)`,
    { error: exceeded },
  ],
  [
    'a list that doubles and is searched',
    `[[1]]${many('.map(v, v + v + v + v + v + v + v + v)', 12)}.map(v, 5 in v)`,
    { error: exceeded },
  ],
  ['all numbers', 'lists.range(9223372036854775807).size()', { error: exceeded }],
  ['many numbers backwards', 'lists.range(100000000).reverse()', { error: exceeded }],
  ['a billion digits', "'%.999999999f'.format([1.5])", { error: exceeded }],
  ['a billion spaces', "'%.999999999e'.format([1.5])", { error: exceeded }],
  ['a pattern that would go back', `'${many('a', 20_000)}'.matches('(a*)*b')`, { value: 'false' }],
  ['a pattern that repeats repetitions', `'a'.matches('((a{0,100}){0,100}){0,10}b')`, {}],
  ['a deep pattern', `'a'.matches('${many('(', 2000)}a${many(')', 2000)}')`, {}],
  ['each with each', 'sets.contains(lists.range(30000), lists.range(30000))', { error: exceeded }],
  ['distinct ones of many', 'lists.range(30000).distinct()', { error: exceeded }],
  ['a big map', 'lists.range(20000).transformMap(i, v, v).size()', { value: '20000' }],
  ['a search for what nearly stands there', `'${many('a', 40_000)}'.indexOf('${many('a', 20_000)}b')`, { value: '-1' }],
]

describe('an expression that means harm', () => {
  it.each(hostile)(
    'ends in bounded time and memory: %s',
    (_, expression, wanted) => {
      const before = process.memoryUsage().heapUsed
      expect(answerTo(expression)).toMatchObject(wanted)
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(800e6)
    },
    15_000,
  )
})
