import type { Case } from '../case.ts'
import { create, maps, remove } from './requests.ts'
import { missing, only } from './specs.ts'

export const actions: readonly Case[] = [['Warn'], ['Audit'], ['Deny', 'Audit'], ['Audit', 'Warn']].flatMap(
  (validationActions): Case[] => [
    {
      what: `${validationActions}: what is false`,
      spec: { validations: [{ expression: 'true' }, { expression: 'false', message: 'm' }, { expression: '1 > 2' }] },
      bindings: [{ validationActions }],
      requests: [create('a'), remove(`${maps}/a`)],
    },
    {
      what: `${validationActions}: what fails`,
      spec: only(missing),
      bindings: [{ validationActions }],
      requests: [create('a')],
    },
    {
      what: `${validationActions}: a condition that fails`,
      spec: { matchConditions: [{ name: 'c', expression: missing }], ...only('true') },
      bindings: [{ validationActions }],
      requests: [create('a')],
    },
    {
      what: `${validationActions}: a kind of params that nobody serves`,
      spec: { paramKind: { apiVersion: 'no.example.com/v1', kind: 'Nothing' }, ...only('true') },
      bindings: [{ validationActions }],
      requests: [create('a')],
    },
  ],
)
