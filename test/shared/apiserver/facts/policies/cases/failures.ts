import type { Case } from '../case.ts'
import { limits } from './limits.ts'
import { create } from './requests.ts'
import { dear, loops, missing, only } from './specs.ts'

export const failures: readonly Case[] = ['Fail', 'Ignore'].flatMap((failurePolicy): Case[] => [
  {
    what: `${failurePolicy}: an expression that fails`,
    spec: { failurePolicy, ...only(missing) },
    requests: [create('a'), create('b', { no: 'y' }), create('c', { no: 'x' })],
  },
  {
    what: `${failurePolicy}: an expression that fails beside one that is false`,
    spec: { failurePolicy, validations: [{ expression: missing }, { expression: 'false' }] },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a condition that fails`,
    spec: { failurePolicy, matchConditions: [{ name: 'c', expression: missing }], ...only('false') },
    requests: [create('a'), create('b', { no: 'y' }), create('c', { no: 'x' })],
  },
  {
    what: `${failurePolicy}: a condition that fails beside one that is false`,
    spec: {
      failurePolicy,
      matchConditions: [
        { name: 'c', expression: missing },
        { name: 'd', expression: "object.metadata.name != 'b'" },
      ],
      ...only('false'),
    },
    requests: [create('a'), create('b')],
  },
  {
    what: `${failurePolicy}: two conditions that fail`,
    spec: {
      failurePolicy,
      matchConditions: [
        { name: 'c', expression: missing },
        { name: 'd', expression: "object.data.other == 'x'" },
      ],
      ...only('false'),
    },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: an expression that costs too much`,
    spec: { failurePolicy, ...only(dear) },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a loop that costs too much`,
    spec: { failurePolicy, ...only(loops(6)) },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: conditions that cost too much together`,
    spec: { failurePolicy, matchConditions: ['a', 'b', 'c'].map((name) => ({ name, expression: dear })), ...only('false') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a variable that costs too much`,
    spec: { failurePolicy, variables: [{ name: 'v', expression: dear }], ...only('variables.v') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a variable that fails`,
    spec: {
      failurePolicy,
      variables: [
        { name: 'v', expression: 'object.data.no' },
        { name: 'w', expression: "variables.v + 'x'" },
      ],
      validations: [{ expression: "object.metadata.name == 'a' || variables.w == 'yx'" }],
    },
    requests: [create('a'), create('b'), create('c', { no: 'y' })],
  },
  {
    what: `${failurePolicy}: an annotation that fails`,
    spec: { failurePolicy, auditAnnotations: [{ key: 'k', valueExpression: "object.data.no + ''" }] },
    requests: [create('a'), create('b', { no: 'y' })],
  },
  {
    what: `${failurePolicy}: an annotation that fails, where nothing is denied`,
    spec: { failurePolicy, auditAnnotations: [{ key: 'k', valueExpression: "object.data.no + ''" }] },
    bindings: [{ validationActions: ['Warn'] }],
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: an annotation that asks`,
    spec: {
      failurePolicy,
      auditAnnotations: [
        { key: 'k', valueExpression: "string(authorizer.group('').resource('pods').check('get').allowed())" },
        { key: 'l', valueExpression: "string(authorizer.requestResource.check('get').allowed())" },
      ],
    },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a kind of params that nobody serves`,
    spec: { failurePolicy, paramKind: { apiVersion: 'no.example.com/v1', kind: 'Nothing' }, ...only('true') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: a core kind of params that nobody serves`,
    spec: { failurePolicy, paramKind: { apiVersion: 'v1', kind: 'Nothing' }, ...only('true') },
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: params that are not there`,
    spec: { failurePolicy, paramKind: limits, ...only('params == null') },
    bindings: [{ paramRef: { name: 'none', parameterNotFoundAction: 'Deny' } }],
    requests: [create('a')],
  },
  {
    what: `${failurePolicy}: params in a namespace, of a kind that is in none`,
    spec: { failurePolicy, paramKind: { apiVersion: 'policies.example.com/v1', kind: 'ClusterLimit' }, ...only('true') },
    bindings: [{ paramRef: { name: 'none', namespace: 'NS', parameterNotFoundAction: 'Allow' } }],
    requests: [create('a')],
  },
])
