import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const configMaps = '/api/v1/namespaces/default/configmaps'

describe('create', () => {
  it('answers 201 with what a get answers, byte by byte', async () => {
    const made = await server.call('POST', configMaps, { body: { metadata: { name: 'bytes' }, data: { k: 'v' } } })
    expect(made.code).toBe(201)
    expect(made.json).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'bytes', namespace: 'default', uid: expect.any(String), resourceVersion: expect.stringMatching(/^\d+$/) },
    })
    const read = await server.call('GET', `${configMaps}/bytes`)
    expect(read.text).toBe(made.text)
  })

  it('ignores what only the server sets', async () => {
    const metadata = { name: 'own', uid: 'mine', resourceVersion: '7', creationTimestamp: '2001-01-01T00:00:00Z', generation: 9 }
    const { json } = await server.call('POST', configMaps, { body: { metadata } })
    expect(json.metadata.uid).not.toBe('mine')
    expect(json.metadata.creationTimestamp).not.toBe('2001-01-01T00:00:00Z')
    expect(json.metadata.resourceVersion).not.toBe('7')
  })

  it('makes up a name behind generateName', async () => {
    const { json } = await server.call('POST', configMaps, { body: { metadata: { generateName: 'made-' } } })
    expect(json.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(json.metadata.generateName).toBe('made-')
  })

  it('makes up another name for a Job when the first is taken, also where the Job repeats it', async () => {
    let drawn = 0
    const random = { uuid: () => crypto.randomUUID(), integer: () => (drawn++ < 10 ? 0 : 1) }
    const lucky = await startTestServer({ random })
    await lucky.makeNamespace('default')
    const containers = [{ name: 'a', image: 'b' }]
    const body = { metadata: { generateName: 'made-' }, spec: { template: { spec: { restartPolicy: 'Never', containers } } } }
    const make = () => lucky.call('POST', '/apis/batch/v1/namespaces/default/jobs', { body })
    const names = [(await make()).json, (await make()).json].map(({ metadata, spec }) => [
      metadata.name,
      (spec as Job['spec']).template.metadata?.labels?.['batch.kubernetes.io/job-name'],
    ])
    await lucky.stop()
    expect(names).toEqual([
      ['made-bbbbb', 'made-bbbbb'],
      ['made-ccccc', 'made-ccccc'],
    ])
  })

  it('refuses a name that is taken', async () => {
    await server.call('POST', configMaps, { body: { metadata: { name: 'taken' } } })
    const { code, json } = await server.call('POST', configMaps, { body: { metadata: { name: 'taken' } } })
    expect(code).toBe(409)
    expect(json).toMatchObject({ reason: 'AlreadyExists', message: 'configmaps "taken" already exists' })
  })

  it.each([
    [
      { metadata: { name: 'Upper' } },
      422,
      /^ConfigMap "Upper" is invalid: metadata.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain/,
    ],
    [{ metadata: {} }, 422, /metadata.name: Required value: name or generateName is required/],
    [
      { metadata: { name: 'x', labels: { 'a b': 'c' } } },
      422,
      /metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters/,
    ],
    [
      { metadata: { name: 'x', namespace: 'other' } },
      400,
      /the namespace of the provided object does not match the namespace sent on the request/,
    ],
    [
      { apiVersion: 'apps/v1', metadata: { name: 'x' } },
      400,
      /ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "apps\/v1"/,
    ],
    [
      { kind: 'Secret', metadata: { name: 'x' } },
      400,
      /Secret in version "v1" cannot be handled as a ConfigMap: converting \(v1.Secret\) to \(core.ConfigMap\): unknown/,
    ],
    ['{"metadata":', 400, /couldn't get version\/kind; json parse error: unexpected end of JSON input/],
    [
      { metadata: { name: 'x' }, data: { a: 1 } },
      400,
      /cannot unmarshal number into Go struct field ConfigMap.data of type string/,
    ],
  ])('refuses %j with %i', async (body, code, message) => {
    const answer = await server.call('POST', configMaps, { body })
    expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code, message: expect.stringMatching(message) })
    expect(answer.code).toBe(code)
  })

  it('stores nothing in a dry run', async () => {
    const made = await server.call('POST', `${configMaps}?dryRun=All`, { body: { metadata: { name: 'dry' } } })
    expect(made.code).toBe(201)
    expect(made.json.metadata.resourceVersion).toBeUndefined()
    expect((await server.call('GET', `${configMaps}/dry`)).code).toBe(404)
  })

  it.each([
    ['Strict', 400, undefined],
    ['Warn', 201, '299 - "unknown field \\"dat\\""'],
    ['Ignore', 201, undefined],
  ])('treats an unknown field as fieldValidation=%s says', async (directive, code, warning) => {
    const body = { metadata: { generateName: 'unknown-' }, dat: {} }
    const answer = await server.call('POST', `${configMaps}?fieldValidation=${directive}`, { body })
    expect(answer.code).toBe(code)
    expect(answer.headers.warning).toBe(warning)
  })

  it('takes YAML', async () => {
    const body = 'metadata:\n  name: yaml\ndata:\n  k: "1"\n'
    const { code, json } = await server.call('POST', configMaps, { body, headers: { 'content-type': 'application/yaml' } })
    expect(code).toBe(201)
    expect(json.data).toEqual({ k: '1' })
  })

  it.each(['application/cbor', 'text/plain'])('refuses a body of %s', async (type) => {
    const { code, json } = await server.call('POST', configMaps, { body: 'k8s', headers: { 'content-type': type } })
    expect(code).toBe(415)
    expect(json.reason).toBe('UnsupportedMediaType')
  })

  it('needs a namespace that is there', async () => {
    const { json } = await server.call('POST', '/api/v1/namespaces/nowhere/configmaps', { body: { metadata: { name: 'x' } } })
    expect(json).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' })
  })

  it('keeps a repeated owner once, with a warning', async () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '1' }
    const body = { metadata: { name: 'owned', ownerReferences: [owner, owner] } }
    const { json, headers } = await server.call('POST', configMaps, { body })
    expect(json.metadata.ownerReferences).toEqual([owner])
    expect(headers.warning).toContain('duplicate UID(s) observed: 1')
  })
})
