import { describe, expect, it } from 'vitest'
import { compile } from '../../../shared/cel/compile.ts'
import { createEnvironment } from '../../../shared/cel/environment.ts'
import { evaluate } from '../../../shared/cel/evaluate.ts'
import {
  type AccessQuestion,
  type Authorize,
  authorizerType,
  authorizerValue,
  resourceCheckType,
  resourceCheckValue,
} from '../../../shared/cel/library/authorizer.ts'

const environment = createEnvironment({
  variables: { authorizer: authorizerType, 'authorizer.requestResource': resourceCheckType },
})

/** What was asked, and the value. */
const ask = (expression: string, answer: Partial<ReturnType<Authorize>> = {}) => {
  const asked: AccessQuestion[] = []
  const authorize: Authorize = (question) => {
    asked.push(question)
    return { allowed: true, reason: 'because', ...answer }
  }
  const { value, cost } = evaluate(compile(expression, environment), {
    authorizer: authorizerValue(authorize),
    'authorizer.requestResource': resourceCheckValue(authorize, {
      group: 'apps',
      resource: 'deployments',
      namespace: 'ns',
      name: 'web',
    }),
  })
  return { value, cost, asked }
}

describe('the authorizer', () => {
  it('asks about a path', () => {
    expect(ask("authorizer.path('/healthz').check('get').allowed()")).toEqual({
      value: true,
      cost: 350_003,
      asked: [{ path: '/healthz', verb: 'get' }],
    })
  })

  it('asks about a resource in all detail', () => {
    const { asked } = ask(
      "authorizer.serviceAccount('ns', 'sa').group('').resource('pods').subresource('log').namespace('ns').name('p').fieldSelector('a=b').labelSelector('c').check('get').reason()",
    )
    expect(asked).toEqual([
      {
        serviceAccount: { namespace: 'ns', name: 'sa' },
        group: '',
        resource: 'pods',
        subresource: 'log',
        namespace: 'ns',
        name: 'p',
        fieldSelector: 'a=b',
        labelSelector: 'c',
        verb: 'get',
      },
    ])
  })

  it('knows the resource of the request', () => {
    expect(ask("authorizer.requestResource.check('delete').allowed()", { allowed: false })).toMatchObject({
      value: false,
      asked: [{ group: 'apps', resource: 'deployments', namespace: 'ns', name: 'web', verb: 'delete' }],
    })
  })

  it('tells what went wrong', () => {
    expect(ask("authorizer.path('/x').check('get').error()", { error: 'lost' }).value).toBe('lost')
    expect(ask("authorizer.path('/x').check('get').errored()").value).toBe(false)
  })

  it.each([
    ["authorizer.path(' ').check('get').allowed()", 'path must not be empty'],
    ["authorizer.group('').resource('').check('get').allowed()", 'resource must not be empty'],
    ["authorizer.serviceAccount('ns', 'A').path('/').check('get').allowed()", 'Invalid service account name'],
    ["authorizer.serviceAccount('N S', 'a').path('/').check('get').allowed()", 'Invalid service account namespace'],
  ])('%s: %s', (expression, message) => expect(() => ask(expression)).toThrow(message))
})
