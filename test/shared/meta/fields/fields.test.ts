import { describe, expect, it } from 'vitest'
import { compareObjects } from '../../../../shared/meta/fields/compare.ts'
import { type FieldSet, hasPath, pathsOf, setOfPath } from '../../../../shared/meta/fields/field-set.ts'
import { FieldsV1Error, readFieldsV1 } from '../../../../shared/meta/fields/fields-v1.ts'
import { FieldTypeError, itemElement } from '../../../../shared/meta/fields/item-element.ts'
import { mergeObjects } from '../../../../shared/meta/fields/merge.ts'
import { compareElements, pathText } from '../../../../shared/meta/fields/path-element.ts'
import { matching } from '../../../../shared/meta/fields/set-algebra.ts'
import { toFieldSet } from '../../../../shared/meta/fields/to-field-set.ts'
import { validateTyped } from '../../../../shared/meta/fields/validate.ts'
import { typeOf } from './arbitrary.ts'

const pod = typeOf('io.k8s.api.core.v1.Pod')
const service = typeOf('io.k8s.api.core.v1.Service')
const configMap = typeOf('io.k8s.api.core.v1.ConfigMap')

describe('path elements', () => {
  it('have the order of upstream', () => {
    const ordered = [
      'f:',
      'f:a',
      'f:b',
      'f:é',
      'f:ﬀ',
      'f:𝒳',
      'k:{"containerPort":80,"protocol":"TCP"}',
      'k:{"containerPort":80,"protocol":"UDP"}',
      'k:{"containerPort":443,"protocol":"TCP"}',
      'k:{"name":"a"}',
      'k:{"name":"a b"}',
      'k:{"name":"ab"}',
      'v:1',
      'v:2.5',
      'v:10',
      'v:"a"',
      'v:"b"',
      'v:false',
      'v:true',
      'v:null',
      'i:2',
      'i:10',
    ]
    const shuffled = [...ordered].sort((a, b) => (a.split('').reverse().join() < b.split('').reverse().join() ? -1 : 1))
    expect(shuffled.sort(compareElements)).toEqual(ordered)
  })

  it.each([
    [['f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image'], '.spec.containers[name="web"].image'],
    [['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}'], '.spec.ports[port=80,protocol="TCP"]'],
    [['f:metadata', 'f:finalizers', 'v:"a/b"'], '.metadata.finalizers[="a/b"]'],
    [['f:a', 'i:3'], '.a[3]'],
  ])('%j is shown as %s', (path, text) => {
    expect(pathText(path)).toBe(text)
  })
})

describe('a FieldsV1 of a client', () => {
  it('is read in order, as we write it, without what nobody knows', () => {
    const read = readFieldsV1({
      'x:later': {},
      'v:"b"': {},
      'k:{ "port": 80, "name" :"a"}': { 'f:b': {}, '.': {}, 'f:a': null },
      'f:z': {},
      'f:a': {},
    })
    expect(JSON.stringify(read)).toBe(
      '{"f:a":{},"f:z":{},"k:{\\"name\\":\\"a\\",\\"port\\":80}":{".":{},"f:a":{},"f:b":{}},"v:\\"b\\"":{}}',
    )
  })

  let deep: unknown = {}
  for (let depth = 0; depth < 5000; depth++) deep = { 'f:a': deep }
  it.each([
    ['a list', []],
    ['a text', 'x'],
    ['a short key', { f: {} }],
    ['a key without a colon', { 'f-a': {} }],
    ['an index that is none', { 'i:x': {} }],
    ['a key that is no JSON', { 'k:{"a"': {} }],
    ['a key that is no map', { 'k:1': {} }],
    ['a value that is no JSON', { 'v:x': {} }],
    ['a number below', { 'f:a': 1 }],
    ['no end', deep],
  ])('is refused when it is, or has, %s', (_what, value) => {
    expect(() => readFieldsV1(value)).toThrow(FieldsV1Error)
  })
})

describe('a set', () => {
  const set: FieldSet = { 'f:a': { '.': {}, 'f:b': {} }, 'f:c': { 'f:d': {} } }
  it('has its members, not what is between', () => {
    expect(pathsOf(set)).toEqual([['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']])
    expect(hasPath(set, ['f:c'])).toBe(false)
    expect(hasPath(set, ['f:c', 'f:d'])).toBe(true)
    expect(hasPath(set, [])).toBe(false)
    expect(hasPath(set, ['f:nobody', 'f:d'])).toBe(false)
  })

  it('of what matches a pattern has all at and below it', () => {
    const whole: FieldSet = {
      'f:metadata': { 'f:labels': {} },
      'f:spec': {
        'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:image': {}, 'f:resources': { 'f:limits': {} } } },
        'f:nodeName': {},
      },
    }
    const pattern = { 'f:spec': { 'f:containers': { '*': { 'f:resources': {} } } } }
    expect(matching(whole, pattern)).toEqual({
      'f:spec': { 'f:containers': { 'k:{"name":"a"}': { '.': {}, 'f:resources': { 'f:limits': {} } } } },
    })
    expect(setOfPath(['f:a', 'f:b'])).toEqual({ 'f:a': { 'f:b': {} } })
  })
})

describe('items of a list', () => {
  const ports = service.map!.byName.get('spec')!.type.map!.byName.get('ports')!.type.list!
  const containers = pod.map!.byName.get('spec')!.type.map!.byName.get('containers')!.type.list!
  const finalizers = pod.map!.byName.get('metadata')!.type.map!.byName.get('finalizers')!.type.list!
  it.each([
    [ports, { port: 80, protocol: 'UDP' }, 'k:{"port":80,"protocol":"UDP"}'],
    [ports, { port: 80 }, 'k:{"port":80,"protocol":"TCP"}'],
    [containers, { image: 'x' }, 'k:{"name":""}'],
    [containers, { name: 'a"<' }, 'k:{"name":"a\\"\\u003c"}'],
    [finalizers, 'a/b', 'v:"a/b"'],
  ])('%# are known by their keys, and what those are by default', (list, item, element) => {
    expect(itemElement(list, item)).toBe(element)
  })

  it.each([
    [containers, null, 'associative list with keys may not have a null element'],
    [containers, 'x', 'associative list with keys may not have non-map elements'],
    [finalizers, null, "associative list without keys has an element that's an explicit null"],
    [finalizers, {}, "associative list without keys has an element that's a map type"],
    [finalizers, [], 'not supported: associative list with lists as elements'],
  ])('%# that can not be known are told', (list, item, message) => {
    expect(() => itemElement(list, item)).toThrow(new FieldTypeError(message))
  })
})

describe('an object', () => {
  const object = {
    metadata: { labels: { b: '1', a: '2' }, finalizers: ['x'] },
    spec: { containers: [{ name: 'web', image: 'i', ports: [{ containerPort: 80 }] }], nodeSelector: { z: '' } },
  }
  it('owns what it names, and its items', () => {
    expect(toFieldSet(object, pod)).toEqual({
      'f:metadata': { 'f:finalizers': { 'v:"x"': {} }, 'f:labels': { 'f:a': {}, 'f:b': {} } },
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:image': {},
            'f:name': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
        'f:nodeSelector': {},
      },
    })
  })

  it('differs from another by the least that is owned', () => {
    const before = { data: { a: '1', b: '2', c: '3' }, metadata: { labels: { x: 'y' } } }
    const after = { data: { a: '1', b: '3', d: '4' }, immutable: true }
    expect(compareObjects(before, after, configMap)).toEqual({
      added: { 'f:data': { 'f:d': {} }, 'f:immutable': {} },
      modified: { 'f:data': { 'f:b': {} } },
      removed: { 'f:data': { 'f:c': {} }, 'f:metadata': { '.': {}, 'f:labels': { '.': {}, 'f:x': {} } } },
    })
  })

  it('keeps the order of its items when a part names some', () => {
    const containers = (...names: string[]) => ({ spec: { containers: names.map((name) => ({ name })) } })
    expect(mergeObjects(containers('a', 'b', 'c'), containers('b'), pod)).toEqual(containers('a', 'b', 'c'))
    expect(mergeObjects(containers('a', 'b', 'c'), containers('c', 'a'), pod)).toEqual(containers('b', 'c', 'a'))
    expect(mergeObjects(containers('a'), containers('z', 'a'), pod)).toEqual(containers('z', 'a'))
  })

  it.each([
    [{ spec: { replicas: 1 } }, '.spec.replicas: field not declared in schema'],
    [{ spec: { containers: [{ name: 'a' }, { name: 'a' }] } }, '.spec.containers: duplicate entries for key [name="a"]'],
    [{ metadata: { labels: { a: 5 } } }, '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:5}'],
    [{ spec: { priority: 'x' } }, '.spec.priority: expected numeric (int or float), got string'],
    [{ spec: { hostPID: 'x' } }, '.spec.hostPID: expected boolean, got &{x}'],
    [{ spec: { containers: { a: [1] } } }, '.spec.containers: expected list, got &{map[a:[1]]}'],
    [{ spec: [] }, '.spec: expected map, got &{[]}'],
    [{ spec: { a: 1, containers: [null] } }, '.spec.a: field not declared in schema'],
    [
      { metadata: 1, spec: { nodeName: {} } },
      'errors:\n  .metadata: expected map, got &{1}\n  .spec.nodeName: expected string, got &value.valueUnstructured{Value:map[string]interface {}{}}',
    ],
  ])('%j is found wrong in upstream words', (wrong, message) => {
    expect(() => validateTyped(wrong, pod)).toThrow(new FieldTypeError(message))
  })
})
