import { describe, expect, it } from 'vitest'
import type { AdmissionAttributes, AdmissionEnvironment } from '../../../../../shared/apiserver/admission/admission.ts'
import { isExempt } from '../../../../../shared/apiserver/admission/matching/exempt.ts'
import { type MatchCriteria, match } from '../../../../../shared/apiserver/admission/matching/match.ts'
import type { MatchRule } from '../../../../../shared/apiserver/admission/matching/rule.ts'
import { fromView, viewOf } from '../../../../../shared/apiserver/admission/matching/view.ts'
import { createRegistry } from '../../../../../shared/apiserver/registry.ts'
import { parseRequest } from '../../../../../shared/apiserver/router.ts'
import { type LabelSelector, labelSelectorMatcher } from '../../../../../shared/meta/label-selector.ts'
import type { KubeObject } from '../../../../../shared/meta/object.ts'
import { definitions } from '../../../../../shared/resources/index.ts'
import { loadSchemas } from '../../../../../shared/resources/schemas.ts'

const registry = createRegistry(definitions)
const schemas = loadSchemas()
const user = { name: 'anybody', groups: [] }
const operations = { POST: 'CREATE', PUT: 'UPDATE', DELETE: 'DELETE' } as const

const request = (method: keyof typeof operations, path: string, changes: Partial<AdmissionAttributes> = {}) => {
  const query = new URLSearchParams()
  const info = parseRequest({ method, path, query })
  if (!info.isResource) throw new Error(path)
  const { definition, servedAs } = registry.find(info.group, info.version, info.resource)!
  const object: KubeObject | undefined = method === 'DELETE' ? undefined : { metadata: { name: info.name } }
  const attributes: AdmissionAttributes = {
    operation: operations[method],
    definition,
    context: { info, servedAs, parts: { schemas }, request: { query, signal: new AbortController().signal } },
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    object,
    oldObject: method === 'POST' ? undefined : { metadata: { name: info.name } },
    user,
    dryRun: false,
    warnings: [],
    auditAnnotations: {},
    ...changes,
  }
  return attributes
}

const all: MatchRule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }

const environmentWith = (namespaces: Readonly<Record<string, Record<string, string>>>): AdmissionEnvironment => {
  const find = async (name: string) =>
    namespaces[name] && ({ metadata: { name, labels: namespaces[name] } } as unknown as KubeObject)
  const reader = { get: (_resource: unknown, _namespace: string, name: string) => find(name), list: async () => [] }
  return {
    recent: reader,
    current: reader,
    read: (_resource: string, _namespace: string, name: string) => find(name),
  } as unknown as AdmissionEnvironment
}

const criteriaOf = (
  rules: readonly MatchRule[] | undefined,
  changes: Partial<Omit<MatchCriteria, 'namespaceSelector' | 'objectSelector'>> & {
    namespaceSelector?: LabelSelector
    objectSelector?: LabelSelector
  } = {},
): MatchCriteria => {
  const { namespaceSelector = {}, objectSelector = {}, ...more } = changes
  return {
    rules,
    matchPolicy: 'Equivalent',
    ...more,
    namespaceSelector: labelSelectorMatcher(namespaceSelector),
    objectSelector: labelSelectorMatcher(objectSelector),
  }
}

const matched = async (criteria: MatchCriteria, attributes: AdmissionAttributes, namespaces = {}) => {
  const found = await match(criteria, attributes, environmentWith(namespaces))
  return (
    found && `${found.group}/${found.version}/${found.resource}${found.subresource && `/${found.subresource}`} ${found.kind.kind}`
  )
}

const pod = '/api/v1/namespaces/here/pods/a'

describe('rules of admission', () => {
  it.each<[Partial<MatchRule>, string, string | undefined]>([
    [{}, pod, '/v1/pods Pod'],
    [{ resources: ['pods'] }, pod, '/v1/pods Pod'],
    [{ resources: ['*'] }, pod, '/v1/pods Pod'],
    [{ resources: ['*'] }, `${pod}/status`, undefined],
    [{ resources: ['pods/*'] }, `${pod}/status`, '/v1/pods/status Pod'],
    [{ resources: ['pods/*'] }, pod, '/v1/pods Pod'],
    [{ resources: ['*/status'] }, `${pod}/status`, '/v1/pods/status Pod'],
    [{ resources: ['*/scale'] }, `${pod}/status`, undefined],
    [{ resources: ['services', 'pods/status'] }, `${pod}/status`, '/v1/pods/status Pod'],
    [{ apiGroups: [''] }, pod, '/v1/pods Pod'],
    [{ apiGroups: ['apps'] }, pod, undefined],
    [{ apiVersions: ['v1'] }, pod, '/v1/pods Pod'],
    [{ apiVersions: ['v2'] }, pod, undefined],
    [{ operations: ['UPDATE'] }, pod, '/v1/pods Pod'],
    [{ operations: ['CREATE', 'CONNECT'] }, pod, undefined],
    [{ operations: [] }, pod, undefined],
    [{ scope: 'Namespaced' }, pod, '/v1/pods Pod'],
    [{ scope: 'Cluster' }, pod, undefined],
    [{ scope: '*' }, pod, '/v1/pods Pod'],
    [{ scope: 'Cluster' }, '/api/v1/nodes/n', '/v1/nodes Node'],
    [{ scope: 'Namespaced' }, '/api/v1/nodes/n', undefined],
    // a Namespace is of the cluster, though its requests name one
    [{ scope: 'Cluster' }, '/api/v1/namespaces/here', '/v1/namespaces Namespace'],
    [{ scope: 'Namespaced' }, '/api/v1/namespaces/here', undefined],
    [{ resourceNames: [] }, pod, '/v1/pods Pod'],
    [{ resourceNames: ['b', 'a'] }, pod, '/v1/pods Pod'],
    [{ resourceNames: ['b'] }, pod, undefined],
  ])('%j for PUT %s: %s', async (rule, path, expected) => {
    expect(await matched(criteriaOf([{ ...all, ...rule }]), request('PUT', path))).toBe(expected)
  })

  it('concern nothing where there are none, and everything where none are asked for', async () => {
    expect(await matched(criteriaOf([]), request('PUT', pod))).toBeUndefined()
    expect(await matched(criteriaOf(undefined), request('PUT', pod))).toBe('/v1/pods Pod')
  })

  it('are taken back by those that exclude', async () => {
    const excludeRules = [{ ...all, resources: ['pods'], resourceNames: ['a'] }]
    expect(await matched(criteriaOf(undefined, { excludeRules }), request('PUT', pod))).toBeUndefined()
    expect(await matched(criteriaOf([all], { excludeRules }), request('PUT', `${pod}b`))).toBe('/v1/pods Pod')
  })

  it('name nothing where the server makes the name or many are deleted', async () => {
    const named = criteriaOf([{ ...all, resourceNames: ['a'] }])
    const nameless = request('POST', '/api/v1/namespaces/here/pods', { object: { metadata: { generateName: 'a' } } as never })
    expect(await matched(named, nameless)).toBeUndefined()
    const many = request('DELETE', '/api/v1/namespaces/here/pods', { name: 'a' })
    expect(await matched(named, many)).toBeUndefined()
  })
})

describe('an equivalent resource', () => {
  const scaler = '/apis/autoscaling/v1/namespaces/here/horizontalpodautoscalers/a'
  const v2 = { ...all, apiGroups: ['autoscaling'], apiVersions: ['v2'] }
  it('is found by a rule for another version', async () => {
    expect(await matched(criteriaOf([v2]), request('PUT', scaler))).toBe(
      'autoscaling/v2/horizontalpodautoscalers HorizontalPodAutoscaler',
    )
  })
  it('is found by a rule for another group', async () => {
    const rule = { ...all, apiGroups: ['events.k8s.io'], resources: ['events'] }
    expect(await matched(criteriaOf([rule]), request('PUT', '/api/v1/namespaces/here/events/a'))).toBe(
      'events.k8s.io/v1/events Event',
    )
  })
  it('is not looked for where the match is to be exact', async () => {
    expect(await matched(criteriaOf([v2], { matchPolicy: 'Exact' }), request('PUT', scaler))).toBeUndefined()
    expect(await matched(criteriaOf([v2], { matchPolicy: undefined }), request('PUT', scaler))).toBeUndefined()
  })
  it('stands behind the one that was asked for', async () => {
    const v1 = { ...v2, apiVersions: ['v1'] }
    expect(await matched(criteriaOf([v2, v1]), request('PUT', scaler))).toBe(
      'autoscaling/v1/horizontalpodautoscalers HorizontalPodAutoscaler',
    )
  })
  it('shows the object in its version, and takes it back', async () => {
    const { definition } = registry.find('autoscaling', 'v2', 'horizontalpodautoscalers')!
    const object = {
      metadata: { name: 'a' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 3,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
      status: {},
    } as unknown as KubeObject
    const attributes = request('PUT', '/apis/autoscaling/v2/namespaces/here/horizontalpodautoscalers/a', { object })
    const found = await match(criteriaOf([{ ...v2, apiVersions: ['v1'] }]), attributes, environmentWith({}))
    const view = await viewOf(attributes, found!, object)
    expect(view).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50 } })
    const back = await fromView(attributes, found!, structuredClone(view))
    expect(back).toMatchObject({ spec: (object as { spec?: object }).spec })
    expect(definition.version).toBe('v2')
  })
})

describe('selectors', () => {
  const team = { matchLabels: { team: 'a' } }
  it.each<[string, AdmissionAttributes, string | undefined]>([
    ['a pod of a chosen namespace', request('PUT', '/api/v1/namespaces/chosen/pods/a'), '/v1/pods Pod'],
    ['a pod of another namespace', request('PUT', '/api/v1/namespaces/other/pods/a'), undefined],
    ['what is in no namespace', request('PUT', '/api/v1/nodes/n'), '/v1/nodes Node'],
    [
      'a namespace by the labels that it is about to have',
      request('PUT', '/api/v1/namespaces/other', { object: { metadata: { name: 'other', labels: { team: 'a' } } } }),
      '/v1/namespaces Namespace',
    ],
    ['a deleted namespace by those that it has', request('DELETE', '/api/v1/namespaces/chosen'), '/v1/namespaces Namespace'],
    [
      'the status of a namespace by those that it has',
      request('PUT', '/api/v1/namespaces/chosen/status'),
      '/v1/namespaces/status Namespace',
    ],
  ])('of namespaces choose %s', async (_what, attributes, expected) => {
    const namespaces = { chosen: { team: 'a' }, other: {} }
    expect(await matched(criteriaOf([all], { namespaceSelector: team }), attributes, namespaces)).toBe(expected)
  })

  it('of namespaces fail for one that is not there, if the rest fits', async () => {
    const attributes = request('PUT', pod)
    await expect(matched(criteriaOf([all], { namespaceSelector: team }), attributes)).rejects.toThrow(
      'namespaces "here" not found',
    )
    expect(await matched(criteriaOf([], { namespaceSelector: team }), attributes)).toBeUndefined()
    expect(await matched(criteriaOf([all], { namespaceSelector: team, objectSelector: team }), attributes)).toBeUndefined()
  })

  it('of objects look at what was and at what will be', async () => {
    const labelled = { metadata: { name: 'a', labels: { team: 'a' } } }
    const chosen = criteriaOf([all], { objectSelector: team })
    expect(await matched(chosen, request('PUT', pod))).toBeUndefined()
    expect(await matched(chosen, request('PUT', pod, { object: labelled }))).toBe('/v1/pods Pod')
    expect(await matched(chosen, request('PUT', pod, { oldObject: labelled }))).toBe('/v1/pods Pod')
    expect(await matched(chosen, request('DELETE', pod, { oldObject: labelled }))).toBe('/v1/pods Pod')
    const bodiless = request('PUT', pod, { object: {} as KubeObject, oldObject: undefined })
    expect(
      await matched(
        criteriaOf([all], { objectSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } }),
        bodiless,
      ),
    ).toBe(undefined)
  })
})

it.each([
  ['ValidatingWebhookConfiguration', true],
  ['MutatingWebhookConfiguration', true],
  ['ValidatingAdmissionPolicy', true],
  ['ValidatingAdmissionPolicyBinding', true],
  ['MutatingAdmissionPolicy', true],
  ['MutatingAdmissionPolicyBinding', true],
  ['Pod', false],
])('nobody is asked about a %s: %s', (kind, expected) => {
  const attributes = request('PUT', pod)
  const definition = { ...attributes.definition, group: 'admissionregistration.k8s.io', kind }
  expect(isExempt({ ...attributes, definition })).toBe(expected)
  expect(isExempt({ ...attributes, definition: { ...definition, group: 'example.com' } })).toBe(false)
})
