import type { Case } from '../case.ts'
import { create, maps, patch } from './requests.ts'
import { only, tells } from './specs.ts'

export const messages: readonly Case[] = [
  {
    what: 'an expression alone',
    spec: only(" object.data.a == 'b' "),
    requests: [
      create('a', { a: 'b' }),
      create('b', { a: 'c' }),
      patch(`${maps}/a`, { data: { a: 'c' } }),
      patch(`${maps}/a`, { data: { c: 'c' } }),
    ],
  },
  { what: 'a message', spec: only('false', { message: '  not so  ' }), requests: [create()] },
  { what: 'a message expression', spec: tells("'no ' + object.metadata.name", {}), requests: [create()] },
  {
    what: 'a message expression before a message',
    spec: only('false', { message: 'plain', messageExpression: "'made'" }),
    requests: [create()],
  },
  {
    what: 'a message expression that fails',
    spec: only('false', { message: 'plain', messageExpression: 'object.data.no' + " + ''" }),
    requests: [create()],
  },
  {
    what: 'a message expression that fails, and no message',
    spec: only('1 > 2', { messageExpression: "object.data.no + ''" }),
    requests: [create()],
  },
  { what: 'a message of blanks', spec: only('false', { message: 'plain', messageExpression: "'  '" }), requests: [create()] },
  {
    what: 'a message of two lines',
    spec: only('false', { message: 'plain', messageExpression: "'a\\nb'" }),
    requests: [create()],
  },
  {
    what: 'a long message',
    spec: only('false', { message: 'plain', messageExpression: 'object.data.a' + " + ''" }),
    requests: [
      create('a', { a: 'x'.repeat(5120) }),
      create('b', { a: 'x'.repeat(5121) }),
      create('c', { a: ` ${'x'.repeat(5120)} ` }),
    ],
  },
  ...['Invalid', 'Forbidden', 'RequestEntityTooLarge'].map((reason) => ({
    what: `the reason ${reason}`,
    spec: only('false', { reason, message: 'm' }),
    requests: [create()],
  })),
  {
    what: 'several validations',
    spec: {
      validations: [
        { expression: 'true', message: 'a' },
        { expression: "object.data.a != 'b'", message: 'b', reason: 'Forbidden' },
        { expression: "object.data.a != 'b' && object.data.a != 'c'", message: 'c' },
      ],
    },
    requests: [create('a', { a: 'a' }), create('b', { a: 'b' }), create('c', { a: 'c' })],
  },
  {
    what: 'a message out of variables and params',
    spec: {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      variables: [{ name: 'sum', expression: "object.metadata.name + '-' + string(size(params))" }],
      ...tells("variables.sum + ' ' + params.data.word"),
    },
    bindings: [{ paramRef: { name: 'words', parameterNotFoundAction: 'Deny' } }],
    before: [create('words', { word: 'w' })],
    requests: [create()],
  },
]
