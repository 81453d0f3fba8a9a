import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expressionOf } from '../../../cel/arbitrary.ts'
import { startTestServer, type TestServer } from '../../environment.ts'

let server: TestServer
let count = 0
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const base = '/apis/admissionregistration.k8s.io/v1'
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }

/** What a policy of these parts answers to being made, and then to a request that it matches. */
const judge = async (spec: object, data: object = {}) => {
  const name = `p${count++}`
  const matchConstraints = { resourceRules: [rule], objectSelector: { matchLabels: { of: name } } }
  const made = await server.call('POST', `${base}/validatingadmissionpolicies`, {
    body: { metadata: { name }, spec: { matchConstraints, ...spec } },
  })
  if (made.code !== 201) return { made: made.code, asked: undefined, text: made.text }
  const binding = { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } }
  await server.call('POST', `${base}/validatingadmissionpolicybindings`, { body: binding })
  const body = { metadata: { name, labels: { of: name } }, data }
  const asked = await server.call('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', { body })
  await server.call('DELETE', `${base}/validatingadmissionpolicybindings/${name}`)
  await server.call('DELETE', `${base}/validatingadmissionpolicies/${name}`)
  return { made: made.code, asked: asked.code, text: asked.text }
}

const many = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index))
const only = (expression: string, more: object = {}) => ({ validations: [{ expression, ...more }] })
const ten = '[1,2,3,4,5,6,7,8,9,10]'
const loops = (depth: number): string => (depth === 0 ? 'true' : `${ten}.all(x${depth}, ${loops(depth - 1)})`)

describe('a policy that means harm', () => {
  it.each<[string, object, object?]>([
    ['loops in loops', only(loops(20))],
    [
      'loops in variables',
      {
        variables: many(20, (index) => ({ name: `v${index}`, expression: loops(6) })),
        ...only(many(20, (index) => `variables.v${index}`).join(' || ')),
      },
    ],
    [
      'a chain of variables',
      {
        variables: many(1000, (index) => ({ name: `v${index}`, expression: index ? `variables.v${index - 1} + 1` : '1' })),
        ...only('variables.v999 == 0'),
      },
    ],
    [
      'a variable that needs itself',
      {
        variables: [
          { name: 'a', expression: '1' },
          { name: 'a', expression: 'variables.a + 1' },
        ],
        ...only('variables.a == 1'),
      },
    ],
    [
      'a variable of everything',
      {
        variables: many(25, (index) => ({
          name: `v${index}`,
          expression: index ? `variables.v${index - 1} + variables.v${index - 1}` : "'aaaaaaaaaa'",
        })),
        ...only("variables.v24 == ''"),
      },
    ],
    ['a pattern that would go back', only("object.data.a.matches('^(a*)*b$')"), { a: 'a'.repeat(100_000) }],
    ['a pattern out of the object', only("'aaaa'.matches(object.data.a)"), { a: '((a{0,100}){0,100}){0,100}' }],
    [
      'a message without end',
      only('false', { messageExpression: `${ten}.map(a, ${ten}.map(b, object.data.a).join('')).join('')` }),
      { a: 'x'.repeat(100_000) },
    ],
    [
      'an annotation without end',
      { auditAnnotations: [{ key: 'k', valueExpression: `${ten}.map(a, object.data.a).join('')` }] },
      { a: 'x'.repeat(100_000) },
    ],
    [
      'questions without end',
      only("lists.range(100000).all(x, authorizer.group(string(x)).resource('x').check('get').allowed())"),
    ],
    ['a deep expression', only(`${'('.repeat(5000)}true${')'.repeat(5000)}`)],
    [
      'names of the language itself',
      {
        variables: [
          { name: '__proto__', expression: '1' },
          { name: 'constructor', expression: '2' },
        ],
        ...only('variables.__proto__ == 1 && variables.constructor == 1'),
      },
    ],
    ['keys of the language itself', only("object.data['constructor'] == '' || object.data.toString == ''"), { __proto__: 'x' }],
  ])(
    'is answered in bounded time: %s',
    async (_, spec, data) => {
      const started = performance.now()
      const { made, asked, text } = await judge(spec, data)
      expect([201, 422]).toContain(made)
      if (made === 201) expect([201, 422], text).toContain(asked)
      expect(text).not.toContain('Internal error')
      expect(performance.now() - started).toBeLessThan(60_000)
      expect((await server.call('GET', '/api/v1/namespaces/default')).code).toBe(200)
    },
    90_000,
  )

  it('never takes the server down, whatever its expressions are', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const expression = expressionOf(seed)
      const spec = {
        matchConditions: [{ name: 'c', expression: `${seed % 7} < 6` }],
        variables: [{ name: 'v', expression: expressionOf(seed + 1000) }],
        validations: [{ expression: `variables.v == dyn(${expression})`, messageExpression: `string(${seed}) + 'm'` }],
      }
      const { made, asked, text } = await judge(spec)
      expect([201, 422], text).toContain(made)
      if (made === 201) expect([201, 422], text).toContain(asked)
    }
  }, 120_000)
})
