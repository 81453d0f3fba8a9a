import { describe, expect, it } from 'vitest'
import { Decisions } from '../../../../../shared/apiserver/admission/expressions/decisions.ts'
import type { ExpressionInputs } from '../../../../../shared/apiserver/admission/expressions/expression-run.ts'
import {
  compileMatchConditions,
  matchConditions,
} from '../../../../../shared/apiserver/admission/expressions/match-conditions.ts'
import type { AuthorizationAttributes } from '../../../../../shared/apiserver/authz/authorizer.ts'

const newInputs = () => {
  const asked: AuthorizationAttributes[] = []
  const authorizer = {
    authorize: async (attributes: AuthorizationAttributes) => {
      asked.push(attributes)
      return { verdict: attributes.info.verb === 'broken' ? ('deny' as const) : ('allow' as const), reason: 'so it is' }
    },
  }
  const inputs: ExpressionInputs = {
    object: { metadata: { name: 'web', labels: { app: 'web' } }, spec: { replicas: 3 } },
    oldObject: null,
    request: { operation: 'CREATE', name: 'web', namespace: 'default', userInfo: { username: 'ann', groups: ['staff'] } },
    asked: { group: '', resource: 'pods', namespace: 'default', name: 'web' },
    namespaceObject: { metadata: { name: 'default' } },
    params: null,
    decisions: new Decisions(authorizer, { name: 'ann', groups: ['staff'] }),
  }
  return { asked, inputs }
}

const match = (expressions: readonly string[], failurePolicy: 'Fail' | 'Ignore' = 'Fail', { inputs } = newInputs()) =>
  matchConditions(
    compileMatchConditions(
      expressions.map((expression, index) => ({ name: `c${index}`, expression })),
      { params: false },
    ),
    inputs,
    failurePolicy,
  )

const missing = "object.spec.no == 'x'"
const missingText = `expression '${missing}' resulted in error: no such key: no`
const expensive = [...'abcdef'].reduce((inside, name) => `[1,2,3,4,5,6,7,8,9,10].all(${name}, ${inside})`, 'true')

describe('match conditions', () => {
  it.each<[string, readonly string[], 'Fail' | 'Ignore', unknown]>([
    ['match when there are none', [], 'Fail', { matches: true }],
    ['match when all are true', ['true', "object.metadata.name == 'web'"], 'Fail', { matches: true }],
    ['name the first that is false', ['true', 'false', '1 > 2'], 'Fail', { matches: false, condition: 'c1' }],
    ['take one that is false before one that failed', [missing, 'false'], 'Fail', { matches: false, condition: 'c1' }],
    ['fail with what failed', ['true', missing], 'Fail', { matches: false, error: missingText }],
    ['tell the same failure once', [missing, missing], 'Fail', { matches: false, error: missingText }],
    [
      'tell all that failed',
      [missing, 'object.a == 1'],
      'Fail',
      { matches: false, error: `[${missingText}, expression 'object.a == 1' resulted in error: no such key: a]` },
    ],
    ['do not match when failures are ignored', ['true', missing], 'Ignore', { matches: false }],
    ['see no namespace', ['namespaceObject == null'], 'Fail', { matches: true }],
    ['know who asks', ["request.userInfo.username == 'ann' && 'staff' in request.userInfo.groups"], 'Fail', { matches: true }],
    [
      'end an expression that costs too much',
      [expensive],
      'Fail',
      {
        matches: false,
        error: `expression '${expensive}' resulted in error: operation cancelled: actual cost limit exceeded`,
      },
    ],
    [
      'spend no more than they may together',
      [expensive, expensive, expensive, 'false'],
      'Fail',
      {
        matches: false,
        error: 'validation failed due to running out of cost budget, no further validation rules will be run',
      },
    ],
    [
      'do not match when they spent too much and failures are ignored',
      [expensive, expensive, expensive],
      'Ignore',
      { matches: false },
    ],
  ])('%s', async (_, expressions, failurePolicy, expected) => {
    expect(await match(expressions, failurePolicy)).toEqual(expected)
  })

  it('ask the authorizer each question once, and wait for the answer', async () => {
    const world = newInputs()
    const question = "authorizer.group('apps').resource('deployments').namespace('ns').check('get').allowed()"
    const own = "authorizer.requestResource.check('create').reason() == 'so it is'"
    const other = "authorizer.serviceAccount('ns', 'sa').path('/healthz').check('broken').allowed()"
    expect(await match([`${question} && ${question}`, question, own, `!${other}`], 'Fail', world)).toEqual({ matches: true })
    expect(world.asked.map(({ user, info }) => [user.name, info])).toEqual([
      ['ann', resource({ verb: 'get', group: 'apps', resource: 'deployments', namespace: 'ns' })],
      ['ann', resource({ verb: 'create', group: '', resource: 'pods', namespace: 'default', name: 'web' })],
      ['system:serviceaccount:ns:sa', { isResource: false, verb: 'broken', path: '/healthz' }],
    ])
  })

  it('compile to an error what was stored and is no expression any more', async () => {
    const result = await match(['object.', 'true'])
    expect(result).toMatchObject({
      matches: false,
      error: expect.stringMatching(/^compilation error: compilation failed: ERROR/),
    })
  })
})

const resource = (info: object) => ({ isResource: true, path: '', version: '*', subresource: '', name: '', ...info })
