import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../../shared/meta/json-value.ts'
import { applyStrategicMergePatch } from '../../../../shared/meta/patch/strategic-merge-patch.ts'
import { loadSchemas } from '../../../../shared/resources/schemas.ts'

const patchPod = (spec: unknown, patch: unknown) => {
  const original = { spec } as JsonObject
  const before = structuredClone({ original, patch })
  const merged = applyStrategicMergePatch(original, { spec: patch }, { schema: 'io.k8s.api.core.v1.Pod', schemas: loadSchemas() })
  expect({ original, patch }).toEqual(before)
  return merged.spec
}
const patchDeployment = (spec: unknown, patch: unknown) =>
  applyStrategicMergePatch({ spec }, { spec: patch }, { schema: 'io.k8s.api.apps.v1.Deployment', schemas: loadSchemas() }).spec
const named = (...names: string[]) => names.map((name) => ({ name }))

describe('strategic merge patch', () => {
  it('merges lists by their merge key', () =>
    expect(
      patchPod(
        { containers: [{ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b' }] },
        { containers: [{ name: 'a', image: '2', env: [{ name: 'Y', value: '2' }] }] },
      ),
    ).toEqual({
      containers: [
        {
          name: 'a',
          image: '2',
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
        { name: 'b' },
      ],
    }))

  it('puts what is new before what it does not name', () =>
    expect(patchPod({ containers: named('a', 'b') }, { containers: named('c') })).toEqual({ containers: named('c', 'a', 'b') }))

  it('removes by null, and drops nulls of what was not there', () =>
    expect(
      patchPod({ nodeName: 'n', hostname: 'h' }, { nodeName: null, subdomain: null, securityContext: { runAsUser: null } }),
    ).toEqual({
      hostname: 'h',
      securityContext: {},
    }))

  it('deletes entries and replaces lists by directive', () => {
    expect(patchPod({ containers: named('a', 'b') }, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({
      containers: named('b'),
    })
    expect(patchPod({ containers: named('a', 'b') }, { containers: [{ $patch: 'replace' }, ...named('c')] })).toEqual({
      containers: named('c'),
    })
    expect(patchPod({ securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'replace', runAsGroup: 2 } })).toEqual({
      securityContext: { runAsGroup: 2 },
    })
    expect(patchPod({ securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'delete' } })).toEqual({
      securityContext: {},
    })
  })

  it('replaces atomic lists', () =>
    expect(patchPod({ containers: [{ name: 'a', args: ['1', '2'] }] }, { containers: [{ name: 'a', args: ['3'] }] })).toEqual({
      containers: [{ name: 'a', args: ['3'] }],
    }))

  it('merges lists of scalars as sets, and deletes from them', () => {
    const finalizers = (list: string[], patch: unknown) =>
      applyStrategicMergePatch(
        { metadata: { finalizers: list } },
        { metadata: patch },
        {
          schema: 'io.k8s.api.core.v1.Pod',
          schemas: loadSchemas(),
        },
      ).metadata
    expect(finalizers(['a', 'b'], { finalizers: ['b', 'c'] })).toEqual({ finalizers: ['a', 'b', 'c'] })
    expect(finalizers(['a', 'b'], { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual({ finalizers: ['b'] })
    expect(
      finalizers(['a', 'b'], {
        '$setElementOrder/finalizers': ['c', 'b'],
        '$deleteFromPrimitiveList/finalizers': ['a'],
        finalizers: ['c'],
      }),
    ).toEqual({ finalizers: ['c', 'b'] })
  })

  it('orders lists as $setElementOrder says, and leaves the rest where the server has it', () => {
    expect(
      patchPod(
        { containers: named('a', 'b', 'sidecar') },
        { '$setElementOrder/containers': named('b', 'a', 'c'), containers: named('c') },
      ),
    ).toEqual({ containers: named('b', 'a', 'c', 'sidecar') })
    expect(patchPod({ containers: named('first', 'a', 'b') }, { '$setElementOrder/containers': named('b', 'a') })).toEqual({
      containers: named('first', 'b', 'a'),
    })
  })

  it('puts what is new in the place of what was deleted', () =>
    expect(
      patchPod(
        { containers: named('b', 'a', 'd') },
        { '$setElementOrder/containers': named('b', 'c'), containers: [{ name: 'd', $patch: 'delete' }, { name: 'c' }] },
      ),
    ).toEqual({ containers: named('b', 'a', 'c') }))

  it('keeps only the fields that $retainKeys names', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }
    expect(patchDeployment({ strategy }, { strategy: { $retainKeys: ['type'], type: 'Recreate' } })).toEqual({
      strategy: { type: 'Recreate' },
    })
    expect(
      patchPod(
        { volumes: [{ name: 'v', emptyDir: {} }] },
        { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
      ),
    ).toEqual({ volumes: [{ name: 'v', configMap: { name: 'c' } }] })
  })

  it('merges maps', () =>
    expect(patchPod({ nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { a: null, c: '3' } })).toEqual({
      nodeSelector: { b: '2', c: '3' },
    }))

  it.each([
    [{ containers: [{ image: 'x' }] }, 'map: {"image":"x"} does not contain declared merge key: name'],
    [{ containers: [{ name: 'a', $patch: 'x' }] }, 'unknown patch type: x'],
    [{ containers: ['a'] }, 'list element types are not identical'],
    [{ '$setElementOrder/containers': 'a' }, 'invalid patch format of setElementOrder list'],
    [{ '$setElementOrder/foo': [] }, 'unable to find api field "foo"'],
    [{ '$setElementOrder/containers': named('a', 'b'), containers: named('b', 'a') }, "doesn't match $setElementOrder list"],
    [{ $retainKeys: ['hostname'], nodeName: 'x' }, 'invalid patch format of retainKeys'],
    [{ $deleteFromPrimitiveList: [] }, 'invalid patch format of primitive list'],
  ])('refuses %j', (patch, message) => expect(() => patchPod({ containers: named('a') }, patch)).toThrow(message))

  it('refuses what is no object', () =>
    expect(() => applyStrategicMergePatch({}, [], { schema: 'x', schemas: {} })).toThrow('invalid JSON document'))
})
