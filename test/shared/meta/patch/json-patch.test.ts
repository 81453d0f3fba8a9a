import { describe, expect, it } from 'vitest'
import { applyJsonPatch, type JsonPatchOperation, readJsonPatch } from '../../../../shared/meta/patch/json-patch.ts'

const apply = (object: unknown, ...operations: JsonPatchOperation[]) => applyJsonPatch(object, operations)

describe('JSON patch', () => {
  it.each<[unknown, JsonPatchOperation, unknown]>([
    [{ a: 1 }, { op: 'add', path: '/b', value: 2 }, { a: 1, b: 2 }],
    [{ a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2, 3] }],
    [{ a: [1] }, { op: 'add', path: '/a/-', value: 2 }, { a: [1, 2] }],
    [{ a: [1] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2] }],
    [{ a: 1 }, { op: 'add', path: '/a', value: null }, { a: null }],
    [{ a: { b: 1 } }, { op: 'remove', path: '/a/b' }, { a: {} }],
    [{ a: [1, 2] }, { op: 'remove', path: '/a/-1' }, { a: [1] }],
    [{ a: 1 }, { op: 'replace', path: '/a', value: { b: 1 } }, { a: { b: 1 } }],
    [{}, { op: 'replace', path: '/a', value: 1 }, { a: 1 }],
    [{}, { op: 'copy', from: '/a', path: '/b' }, { b: null }],
    [{ a: 1 }, { op: 'replace', path: '', value: { b: 1 } }, { b: 1 }],
    [{ 'a/b': 1, 'c~d': 2 }, { op: 'move', from: '/a~1b', path: '/c~0d' }, { 'c~d': 1 }],
    [{ a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, { a: { b: 1 }, c: { b: 1 } }],
    [{ a: { b: 1, c: [2] } }, { op: 'test', path: '/a', value: { c: [2], b: 1 } }, { a: { b: 1, c: [2] } }],
    [{}, { op: 'test', path: '/a', value: null }, {}],
  ])('%j with %j is %j', (object, operation, expected) => {
    const before = structuredClone(object)
    expect(apply(object, operation)).toEqual(expected)
    expect(object).toEqual(before)
  })

  it.each<[unknown, JsonPatchOperation, string]>([
    [{}, { op: 'remove', path: '/a' }, "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value"],
    [{}, { op: 'replace', path: '/a/b', value: 1 }, 'replace operation does not apply: doc is missing path: /a/b: missing value'],
    [{}, { op: 'add', path: '/a/b', value: 1 }, 'add operation does not apply: doc is missing path: "/a/b": missing value'],
    [{}, { op: 'add', path: 'a', value: 1 }, 'add operation does not apply: doc is missing path: "a": missing value'],
    [{}, { op: 'add' } as never, 'add operation failed to decode path: missing value'],
    [{ a: 1 }, { op: 'test', path: '/a', value: 2 }, 'testing value /a failed: test failed'],
    [{ a: 1 }, { op: 'test', path: '/b/c', value: 2 }, 'test operation does not apply: is missing path: /b/c: missing value'],
    [
      { a: [1] },
      { op: 'add', path: '/a/3', value: 2 },
      "error in add for path: '/a/3': Unable to access invalid index: 3: invalid index referenced",
    ],
    [{ a: [1] }, { op: 'remove', path: '/a/x' }, 'error in remove for path: \'/a/x\': strconv.Atoi: parsing "x": invalid syntax'],
    [
      { a: [1] },
      { op: 'replace', path: '/a/1', value: 2 },
      'replace operation does not apply: doc is missing key: /a/1: missing value',
    ],
    [{ a: 1 }, { op: 'replace', path: '', value: 1 }, 'replace operation value must be object or array: %!w(<nil>)'],
    [{ a: 1 }, { op: 'add', path: '/a/b', value: 2 }, 'add operation does not apply: doc is missing path: "/a/b": missing value'],
    [
      {},
      { op: 'copy', from: '/a/b', path: '/c' },
      'copy operation does not apply: doc is missing from path: /a/b: missing value',
    ],
    [
      {},
      { op: 'move', from: '/a', path: '/c' },
      "error in move for path: 'a': Unable to remove nonexistent key: a: missing value",
    ],
    [{}, { op: 'toString', path: '/a' }, 'Unexpected kind: toString'],
    [
      {},
      { op: 'remove', path: '/constructor' },
      "error in remove for path: '/constructor': Unable to remove nonexistent key: constructor: missing value",
    ],
  ])('%j with %j does not apply', (object, operation, reason) =>
    expect(() => apply(object, operation)).toThrow(
      expect.objectContaining({ reason: 'Invalid', code: 422, cause: expect.objectContaining({ message: reason }) }),
    ),
  )

  it('leaves the prototype alone', () => {
    const patched = apply({}, { op: 'add', path: '/__proto__', value: { polluted: true } }) as Record<string, unknown>
    expect(patched.polluted).toBeUndefined()
    expect(JSON.stringify(patched)).toBe('{"__proto__":{"polluted":true}}')
  })

  it('bounds what copies add', () => {
    const double: JsonPatchOperation = { op: 'copy', from: '/a', path: '/a/-' }
    expect(() => apply({ a: ['x'.repeat(1000)] }, ...Array<JsonPatchOperation>(40).fill(double))).toThrow(
      expect.objectContaining({
        cause: expect.objectContaining({ message: expect.stringContaining('accumulated size increase of copy') }),
      }),
    )
  })

  it('checks what a client sent', () => {
    expect(readJsonPatch([{ op: 'add', path: '/a', value: 1, extra: 1 }]).warnings).toEqual([
      'json patch unknown field "[0].extra"',
    ])
    expect(() => readJsonPatch({})).toThrow('error decoding patch: json: cannot unmarshal object')
    expect(() => readJsonPatch([1])).toThrow(expect.objectContaining({ code: 400 }))
    expect(() => readJsonPatch([{ op: 1 }])).toThrow('Go struct field jsonPatchOp.op of type string')
    expect(() => readJsonPatch(Array(10001).fill({ op: 'test', path: '' }))).toThrow(
      expect.objectContaining({ code: 413, message: 'The allowed maximum operations in a JSON patch is 10000, got 10001' }),
    )
  })
})
