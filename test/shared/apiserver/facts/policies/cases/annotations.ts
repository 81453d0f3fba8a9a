import type { Case } from '../case.ts'
import { limit, limits } from './limits.ts'
import { create } from './requests.ts'

export const annotations: readonly Case[] = [
  {
    what: 'annotations',
    spec: {
      variables: [{ name: 'v', expression: "'of ' + object.metadata.name" }],
      validations: [{ expression: "object.metadata.name != 'no'" }],
      auditAnnotations: [
        { key: 'text', valueExpression: "' a text '" },
        { key: 'blank', valueExpression: "'  '" },
        { key: 'nothing', valueExpression: 'null' },
        { key: 'variable', valueExpression: ' variables.v' },
        { key: 'some', valueExpression: "object.metadata.name + ': ' + string(size(object.metadata.name))" },
      ],
    },
    requests: [create('a'), create('no')],
  },
  {
    what: 'a long annotation',
    spec: { auditAnnotations: [{ key: 'long', valueExpression: "object.data.a + ''" }] },
    requests: [create('a', { a: 'x'.repeat(10_241) })],
  },
  {
    what: 'annotations of several params',
    spec: {
      paramKind: limits,
      auditAnnotations: [
        { key: 'each', valueExpression: 'params.metadata.name' + " + ''" },
        { key: 'same', valueExpression: "'one'" },
      ],
    },
    bindings: [
      { paramRef: { name: 'a', parameterNotFoundAction: 'Deny' } },
      { paramRef: { name: 'b', parameterNotFoundAction: 'Deny' } },
    ],
    before: [limit('a', {}), limit('b', {})],
    requests: [create('a')],
  },
]
