import { describe, expect, it } from 'vitest'
import { complete, whileComplete } from '../../../shared/meta/complete.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'

const completed = (type: string, object: object): unknown => {
  const copy = structuredClone(object)
  complete(copy, `io.k8s.api.${type}`, loadSchemas())
  return copy
}

describe('complete', () => {
  it.each([
    ['a list without omitempty', 'rbac.v1.Role', { metadata: {} }, { metadata: {}, rules: null }],
    ['an empty list', 'rbac.v1.Role', { metadata: {}, rules: [] }, { metadata: {}, rules: null }],
    [
      'structs, as deep as they go',
      'rbac.v1.RoleBinding',
      { metadata: {} },
      { metadata: {}, roleRef: { apiGroup: '', kind: '', name: '' } },
    ],
    [
      'what is in lists',
      'rbac.v1.RoleBinding',
      { metadata: {}, roleRef: { kind: 'Role', name: 'a', apiGroup: 'g' }, subjects: [{ kind: 'User' }] },
      { metadata: {}, roleRef: { kind: 'Role', name: 'a', apiGroup: 'g' }, subjects: [{ kind: 'User', name: '' }] },
    ],
    [
      'times and numbers',
      'core.v1.PodStatus',
      { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'c' }] },
      {
        conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }],
        containerStatuses: [{ name: 'c', state: {}, lastState: {}, ready: false, restartCount: 0, image: '', imageID: '' }],
      },
    ],
    [
      'no pointer, and nothing with omitempty',
      'core.v1.PodSpec',
      { containers: [{ name: 'c', resources: {} }] },
      { containers: [{ name: 'c', resources: {} }] },
    ],
    [
      'not an empty list where there must be something: validation says so',
      'core.v1.PodSpec',
      { containers: [] },
      { containers: [] },
    ],
  ])('writes %s', (_, type, object, expected) => {
    expect(completed(type, object)).toEqual(expected)
    expect(completed(type, expected)).toEqual(expected)
  })
})

it('leaves an object as it was, when it was complete for a while', () => {
  const object = { metadata: {}, rules: [], other: { a: 1 } }
  const before = JSON.stringify(object)
  const seen = whileComplete(object, { typeName: 'io.k8s.api.rbac.v1.Role', schemas: loadSchemas() }, () =>
    JSON.stringify(object),
  )
  expect(JSON.parse(seen).rules).toBe(null)
  expect(JSON.stringify(object)).toBe(before)
  expect(() =>
    whileComplete(object, { typeName: 'io.k8s.api.rbac.v1.Role', schemas: loadSchemas() }, () => {
      throw new Error('x')
    }),
  ).toThrow('x')
  expect(JSON.stringify(object)).toBe(before)
})
