import { expect, it } from 'vitest'
import { applyMergePatch } from '../../../../shared/meta/patch/merge-patch.ts'

it.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ['a', { b: 1 }, { b: 1 }],
])('%j merged with %j is %j', (object, patch, expected) => {
  const before = structuredClone(object)
  expect(applyMergePatch(object, patch)).toEqual(expected)
  expect(object).toEqual(before)
})

it.each([[[]], ['a'], [null]])('refuses %j as a patch', (patch) =>
  expect(() => applyMergePatch({}, patch)).toThrow('Invalid JSON Patch'),
)
