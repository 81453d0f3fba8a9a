import { expect, it } from 'vitest'
import { legacyResources } from '../../../../shared/apiserver/extension/legacy-resources.ts'
import type { JsonObject } from '../../../../shared/meta/json-value.ts'

const none = { group: '', version: '', kind: '' }

it.each<[string, JsonObject[], object[]]>([
  [
    'a resource',
    [{ name: 'pods', namespaced: true, kind: 'Pod', shortNames: ['po'], verbs: ['get', 'list'] }],
    [
      {
        ...{ resource: 'pods', scope: 'Namespaced', responseKind: { ...none, kind: 'Pod' }, singularResource: '' },
        ...{ shortNames: ['po'], verbs: ['get', 'list'] },
      },
    ],
  ],
  [
    'what is below it, in whichever order, of a kind of another group',
    [
      { name: 'toys/scale', namespaced: true, kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get'] },
      { name: 'toys', singularName: 'toy', namespaced: true, kind: 'Toy', verbs: ['get'] },
      { name: 'toys/log', namespaced: true, kind: '', verbs: ['get'] },
    ],
    [
      {
        ...{
          resource: 'toys',
          scope: 'Namespaced',
          responseKind: { ...none, kind: 'Toy' },
          singularResource: 'toy',
          verbs: ['get'],
        },
        subresources: [
          { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: ['get'] },
          { subresource: 'log', responseKind: none, verbs: ['get'] },
        ],
      },
    ],
  ],
  [
    'what is below a resource that is not listed, as custom metrics are',
    [
      { name: 'pods/http_requests', namespaced: true, kind: 'MetricValueList', verbs: ['get'] },
      { name: 'pods/queue_length', namespaced: true, kind: 'MetricValueList', verbs: ['get'] },
      { name: 'namespaces/http_requests', namespaced: false, kind: 'MetricValueList', verbs: ['get'] },
    ],
    [
      {
        ...{ resource: 'pods', scope: 'Namespaced', responseKind: none },
        subresources: ['http_requests', 'queue_length'].map((subresource) => ({
          ...{ subresource, responseKind: { ...none, kind: 'MetricValueList' }, verbs: ['get'] },
        })),
      },
      {
        ...{ resource: 'namespaces', scope: 'Cluster', responseKind: none },
        subresources: [{ subresource: 'http_requests', responseKind: { ...none, kind: 'MetricValueList' }, verbs: ['get'] }],
      },
    ],
  ],
  ['nothing', [], []],
])('brings an old list into the new form: %s', (_, list, expected) => {
  expect(legacyResources(list)).toEqual(expected)
})

it('refuses scopes that do not match, as upstream', () => {
  const list = [
    { name: 'toys', namespaced: true, kind: 'Toy', verbs: [] },
    { name: 'toys/status', namespaced: false, kind: 'Toy', verbs: [] },
  ]
  expect(() => legacyResources(list)).toThrow(
    'Error: Parent toys (scope: Namespaced) and subresource status (scope: Cluster) scope do not match',
  )
})
