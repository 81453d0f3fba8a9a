import type { Case } from '../case.ts'
import { create } from './requests.ts'
import { asks, dear, loops, only, tells } from './specs.ts'

export const variables: readonly Case[] = [
  {
    what: 'variables: of each type',
    spec: {
      variables: [
        { name: 'n', expression: 'size(object.metadata.name)' },
        { name: 'list', expression: '[1, 2].map(x, x + variables.n)' },
        { name: 'map', expression: "{'a': variables.list}" },
        { name: 'dyn', expression: 'object.data' },
        { name: 'opt', expression: "object.data[?'no'].orValue('other')" },
        { name: 'quantity', expression: "quantity('1Gi')" },
      ],
      ...tells(
        "string(variables.n) + ' ' + variables.map['a'].map(x, string(x)).join(',') + ' ' + variables.dyn.a + ' ' + variables.opt + ' ' + string(variables.quantity.isGreaterThan(quantity('1Mi')))",
      ),
    },
    requests: [create('abc', { a: 'b' })],
  },
  {
    what: 'variables: whether they are there',
    spec: {
      variables: [{ name: 'v', expression: 'object.data.no' }],
      ...tells("string(has(variables.v)) + ''"),
    },
    requests: [create('a', { no: 'y' }), create('b', { a: 'b' })],
  },
  {
    what: 'variables: one that asks, in a message',
    spec: {
      variables: [{ name: 'may', expression: "authorizer.requestResource.check('get').allowed()" }],
      validations: [{ expression: '!variables.may', messageExpression: "'may: ' + string(variables.may)", message: 'plain' }],
    },
    requests: [create('a')],
  },
  {
    what: 'variables: never needed',
    spec: { variables: [{ name: 'v', expression: dear }], ...only('true || variables.v') },
    requests: [create('a')],
  },
  {
    what: 'variables: all that may be spent',
    spec: {
      variables: Array.from({ length: 20 }, (_, index) => ({ name: `v${index}`, expression: asks('get', 'list') })),
      ...only(Array.from({ length: 20 }, (_, index) => `variables.v${index}`).join(' && ')),
    },
    requests: [create('a')],
  },
  {
    what: 'spent by validations',
    spec: { validations: Array.from({ length: 15 }, () => ({ expression: asks('get', 'list') })) },
    requests: [create('a')],
  },
  ...['true', 'false'].map((last) => ({
    what: `spent by validations, then by messages: ${last}`,
    spec: {
      validations: [
        ...Array.from({ length: 13 }, () => ({ expression: asks('get', 'list') })),
        ...Array.from({ length: 3 }, () => ({ expression: last, messageExpression: `${loops(5)} ? 'a' : 'b'` })),
      ],
    },
    requests: [create('a')],
  })),
]
