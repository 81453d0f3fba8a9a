import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compilePolicy } from '../../../../shared/apiserver/audit/policy.ts'
import { createPolicyAuditor } from '../../../../shared/apiserver/audit/policy-auditor.ts'
import { readPolicy } from '../../../../shared/apiserver/audit/read-policy.ts'
import { startTestServer, type TestServer } from '../environment.ts'
import { admin, cases, comparable } from './cases.ts'

interface Fact {
  readonly name: string
  readonly events: readonly Record<string, unknown>[]
}
const read = (name: string) => readFileSync(new URL(name, import.meta.url))
const facts = JSON.parse(read('facts.json').toString()) as readonly Fact[]
const byName = new Map(facts.map((fact) => [fact.name, fact.events]))

let server: TestServer
const lines: string[] = []
beforeAll(async () => {
  const { policy } = readPolicy(read('policy.yaml'))
  const audit = createPolicyAuditor({ policy, write: (line) => lines.push(line) })
  server = await startTestServer({ observers: [audit], defaultRoles: true })
  await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'audit-a' } }, user: admin })
})
afterAll(() => server.stop())

/** Where our answers differ, or who asks is known in another way. */
const alike = (events: readonly Record<string, unknown>[]) =>
  events.map((event) => {
    const told = comparable(event) as Record<string, unknown>
    const response = told.responseObject as { items?: Record<string, unknown>[] } | undefined
    return {
      ...told,
      sourceIPs: undefined,
      userAgent: undefined,
      // Go's zero of a status that nobody sent
      ...(told.requestObject !== undefined && { requestObject: { ...(told.requestObject as object), status: undefined } }),
      ...(told.responseStatus !== undefined && { responseStatus: withoutHint(told.responseStatus as { message?: string }) }),
      ...(response?.items && {
        responseObject: { ...response, items: response.items.map(({ kind: _k, apiVersion: _v, ...item }) => item) },
      }),
    }
  })

/** We say what is not served. */
const withoutHint = ({ message, ...status }: { message?: string }) => ({
  ...status,
  message: message?.replace(/ \(.* is not served; .*\)$/, ''),
})

describe('what is noted of each request under a policy', () => {
  it.each(cases.filter(({ unknown }) => !unknown))(
    '$name: as a real API server does',
    async ({ name, method = 'GET', path, body, type, as, watch }) => {
      lines.length = 0
      const ending = new AbortController()
      const answer = server.raw(method, path, {
        body,
        user: admin,
        signal: ending.signal,
        headers: { 'audit-id': name, 'content-type': type ?? 'application/json', ...(as && { 'impersonate-user': as }) },
      })
      expect((await answer).headers['audit-id']).toBe(name)
      if (watch) ending.abort()
      const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(events.every(({ auditID }) => auditID === name)).toBe(true)
      expect(JSON.parse(JSON.stringify(alike(events)))).toEqual(JSON.parse(JSON.stringify(alike(byName.get(name)!))))
    },
  )

  it('has no value of a Secret where the policy wants none', async () => {
    lines.length = 0
    const path = '/api/v1/namespaces/audit-a/secrets'
    const secret = { metadata: { name: 'deep' }, stringData: { password: 'swordfish' } }
    await server.call('POST', path, { body: secret, user: admin })
    await server.call('GET', `${path}/deep`, { user: admin })
    await server.call('GET', path, { user: admin })
    expect(lines.length).toBe(3)
    for (const clear of ['swordfish', Buffer.from('swordfish').toString('base64')]) expect(lines.join()).not.toContain(clear)
  })
})

describe('stages', () => {
  const start = async (rule: string) => {
    const told: { stage: string; [field: string]: unknown }[] = []
    const { policy } = readPolicy(Buffer.from(`apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [${rule}]\n`))
    const audit = createPolicyAuditor({ policy, write: (line) => told.push(JSON.parse(line)) })
    return { told, other: await startTestServer({ observers: [audit] }) }
  }

  it('are told when a request comes and when it is answered, by one id', async () => {
    const { told, other } = await start('{level: Metadata}')
    const { headers } = await other.call('GET', '/api/v1/namespaces')
    expect(told.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
    expect(told.map(({ auditID }) => auditID)).toEqual([headers['audit-id'], headers['audit-id']])
    expect(told[0]).not.toHaveProperty('responseStatus')
    expect(told[0]).not.toHaveProperty('annotations')
    expect(told[0]!.stageTimestamp).toBe(told[0]!.requestReceivedTimestamp)
    await other.stop()
  })

  it('are one for whom nobody knows', async () => {
    const { told, other } = await start('{level: Metadata}')
    await other.call('GET', '/api/v1/namespaces', { user: null, headers: { authorization: 'Bearer wrong' } })
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({
      stage: 'ResponseStarted',
      user: {},
      responseStatus: { metadata: {}, message: 'Authentication failed, attempted: bearer', code: 401 },
    })
    await other.stop()
  })

  it('keep a list that is streamed whole, where the policy wants answers', async () => {
    const { told, other } = await start(
      '{level: RequestResponse, resources: [{group: "", resources: [configmaps]}], omitManagedFields: true}',
    )
    await other.makeNamespace('a')
    const data = { text: 'x'.repeat(300_000) }
    for (const name of ['a', 'b', 'c'])
      await other.call('POST', '/api/v1/namespaces/a/configmaps', { body: { metadata: { name }, data } })
    told.length = 0
    const { json } = await other.call<{ items: unknown[] }>('GET', '/api/v1/namespaces/a/configmaps')
    expect(json.items).toHaveLength(3)
    const { responseObject } = told.at(-1) as unknown as { responseObject: { items: { metadata: object }[] } }
    expect(responseObject.items).toHaveLength(3)
    expect(responseObject.items[0]!.metadata).not.toHaveProperty('managedFields')
    await other.stop()
  })
})

describe('a rule', () => {
  const info = {
    isResource: true,
    verb: 'get',
    path: '',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    namespace: 'a',
    name: 'x',
  } as const
  const user = { name: 'jane', groups: ['dev'] }
  it.each([
    [{}, true],
    [{ users: ['jane'] }, true],
    [{ users: ['joe'] }, false],
    [{ userGroups: ['ops', 'dev'] }, true],
    [{ userGroups: ['ops'] }, false],
    [{ verbs: ['list'] }, false],
    [{ namespaces: ['a'] }, true],
    [{ namespaces: [''] }, false],
    [{ nonResourceURLs: ['*'] }, false],
    [{ resources: [{}] }, true],
    [{ resources: [{ group: 'apps' }] }, false],
    [{ resources: [{ resources: ['pods'] }] }, true],
    [{ resources: [{ resources: ['pods/*'] }] }, true],
    [{ resources: [{ resources: ['*/log'] }] }, false],
    [{ resources: [{ resources: ['*'], resourceNames: ['y'] }] }, false],
    [{ resources: [{ resources: ['*'], resourceNames: ['x'] }] }, true],
  ])('%j of a pod: %j', (rule, matches) => {
    expect(compilePolicy({ rules: [{ level: 'Metadata', ...rule }] })(user, info).level).toBe(matches ? 'Metadata' : 'None')
  })
  it.each([
    [['pods'], false],
    [['pods/log'], true],
    [['*/log'], true],
    [['pods/*'], true],
    [['*'], true],
  ])('%j of a subresource: %j', (resources, matches) => {
    const of = { ...info, subresource: 'log' }
    expect(compilePolicy({ rules: [{ level: 'Metadata', resources: [{ resources }] }] })(user, of).level === 'Metadata').toBe(
      matches,
    )
  })
})

describe('a policy file', () => {
  const policy = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
  it.each([
    ['', 'unknown group version field audit.k8s.io/__internal, Kind=Policy in policy'],
    [policy, 'loaded illegal policy with 0 rules'],
    [
      'apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]',
      'no kind "Policy" is registered for version "audit.k8s.io/v1beta1"',
    ],
    [
      `${policy}rules: [{level: Everything}, {}]`,
      '[rules[0].level: Unsupported value: "Everything": supported values: "None", "Metadata", "Request", "RequestResponse", rules[1].level: Required value]',
    ],
    [
      `${policy}omitStages: [Foo]\nrules: [{level: None, omitStages: [Bar]}]`,
      '[omitStages[0]: Invalid value: "Foo": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic, rules[0].omitStages[0]: Invalid value: "Bar": allowed stages are RequestReceived,ResponseStarted,ResponseComplete,Panic]',
    ],
    [
      `${policy}rules: [{level: None, nonResourceURLs: ["healthz", "/a*b", ""], namespaces: [a]}]`,
      `[rules[0].nonResourceURLs[0]: Invalid value: "healthz": non-resource URL rules must begin with a '/' character, rules[0].nonResourceURLs[1]: Invalid value: "/a*b": non-resource URL wildcards '*' must be the final character of the rule, rules[0].nonResourceURLs[2]: Invalid value: "": non-resource URL rules must begin with a '/' character, rules[0].nonResourceURLs: Invalid value: ["healthz","/a*b",""]: rules cannot apply to both regular resources and non-resource URLs]`,
    ],
    [
      `${policy}rules: [{level: None, resources: [{group: "rbac/v1", resources: [x]}, {group: "", resourceNames: [a]}]}]`,
      'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource]',
    ],
    [`${policy}rules: [{level: 3}]`, 'failed decoding: '],
    ['apiVersion: [\n', 'failed decoding: '],
  ])('%j is refused', (text, message) => {
    expect(() => readPolicy(Buffer.from(text))).toThrow(message)
  })

  it('that says what no policy says is taken without that, and told of', () => {
    const { policy: read, warnings } = readPolicy(Buffer.from(`${policy}foo: 1\nrules: [{level: None, bar: 2}]`))
    expect(read.rules).toEqual([{ level: 'None' }])
    expect(warnings).toEqual(['unknown field "foo"', 'unknown field "rules[0].bar"'])
  })
})
