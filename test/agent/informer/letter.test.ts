import { expect, it } from 'vitest'
import { isLetter } from '../../../agent/informer/letter.ts'

const change = { resource: 'pods', namespace: 'shop', name: 'web', revision: 7 }

it.each([[change], [{ question: { id: 'a', key: 'b', path: '/', untilMs: 1 } }]])('reads %j', (letter) =>
  expect(isLetter(letter)).toBe(true),
)

it.each([[null], [7], ['pods'], [[]], [{}], [{ question: null }], [{ question: 'logs' }], [{ ...change, name: 7 }]])(
  'leaves out %j, which would come again and again',
  (letter) => expect(isLetter(letter)).toBe(false),
)
