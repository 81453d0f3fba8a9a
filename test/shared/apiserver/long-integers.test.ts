import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const long = '9007199254740993'
const pods = '/api/v1/namespaces/default/pods'
const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions'
const field = `"terminationGracePeriodSeconds":${long}`
const body = (name: string, seconds = long) =>
  `{"metadata":{"name":"${name}"},"spec":{"terminationGracePeriodSeconds":${seconds},"containers":[{"name":"c","image":"i"}]}}`
const create = async (name: string) => {
  const { code, text } = await server.call('POST', pods, { body: body(name) })
  expect(code, text).toBe(201)
  expect(text).toContain(field)
}
const patch = (name: string, type: string, content: string, query = '') =>
  server.call('PATCH', `${pods}/${name}${query}`, { body: content, headers: { 'content-type': `application/${type}` } })

describe('an integer beyond 2^53 keeps its last digit', () => {
  it('created, read, listed, as YAML, pretty, dry, in a table', async () => {
    await create('read')
    for (const url of [`${pods}/read`, pods, `${pods}/read?pretty=true`, `${pods}?fieldSelector=metadata.name=read`])
      expect((await server.call('GET', url)).text.replaceAll(' ', '')).toContain(field)
    const yaml = await server.call('GET', `${pods}/read`, { headers: { accept: 'application/yaml' } })
    expect(yaml.text).toContain(`terminationGracePeriodSeconds: ${long}`)
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    expect((await server.call('GET', `${pods}/read?includeObject=Object`, { headers: { accept } })).text).toContain(field)
    expect((await server.call('POST', `${pods}?dryRun=All`, { body: body('dry') })).text).toContain(field)
  })

  it('from YAML', async () => {
    const content = `metadata:\n  name: yaml\nspec:\n  terminationGracePeriodSeconds: ${long}\n  containers:\n  - name: c\n    image: i\n`
    const { text } = await server.call('POST', pods, { body: content, headers: { 'content-type': 'application/yaml' } })
    expect(text).toContain(field)
  })

  it('updated, and equal to itself', async () => {
    await create('updated')
    const { text } = await server.call('GET', `${pods}/updated`)
    const again = await server.call('PUT', `${pods}/updated`, { body: text })
    expect([again.code, again.text]).toEqual([200, text])
    const other = await server.call('PUT', `${pods}/updated`, { body: text.replace(long, '9007199254740992') })
    expect([other.code, other.text]).toEqual([422, expect.stringContaining('pod updates may not change fields other than')])
  })

  it.each([
    ['merge-patch+json', '{"metadata":{"labels":{"a":"b"}}}'],
    ['strategic-merge-patch+json', `{"metadata":{"labels":{"a":"b"}},"spec":{${field}}}`],
    [
      'json-patch+json',
      `[{"op":"test","path":"/spec/terminationGracePeriodSeconds","value":${long}},{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]`,
    ],
  ])('through %s', async (type, content) => {
    const name = type.split('-')[0]!
    await create(name)
    const { code, text } = await patch(name, type, content)
    expect(code, text).toBe(200)
    expect(text).toContain('"labels":{"a":"b"}')
    expect(text).toContain(field)
    expect((await server.call('GET', `${pods}/${name}`)).text).toBe(text)
  })

  it('tested by a JSON patch against its neighbour', async () => {
    await create('neighbour')
    const path = '/spec/terminationGracePeriodSeconds'
    const { code } = await patch('neighbour', 'json-patch+json', `[{"op":"test","path":"${path}","value":9007199254740992}]`)
    expect(code).toBe(422)
  })

  it('watched, and in what is deleted', async () => {
    const { json } = await server.call('GET', pods)
    const watching = new AbortController()
    const response = await server.raw(
      'GET',
      `${pods}?watch=1&resourceVersion=${json.metadata.resourceVersion}&labelSelector=w=1`,
      {
        signal: watching.signal,
      },
    )
    await create('watched')
    await patch('watched', 'merge-patch+json', '{"metadata":{"labels":{"w":"1"}}}')
    await patch('watched', 'merge-patch+json', '{"metadata":{"labels":{"w":"2"}}}')
    const gone = await server.call('DELETE', `${pods}/watched`)
    expect(gone.text).toContain(field)
    let seen = ''
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      seen += Buffer.from(chunk).toString()
      if (seen.split('\n').length > 2) break
    }
    watching.abort()
    expect(
      seen
        .split('\n')
        .slice(0, 2)
        .map((line) => [line.slice(9, 14), line.includes(field)]),
    ).toEqual([
      ['ADDED', true],
      ['DELET', true],
    ])
  })

  it('where no type says what it is', async () => {
    const content = `{"metadata":{"name":"raw"},"data":{"n":${long},"deep":[{"x":-${long}}]},"revision":${long}}`
    const { text } = await server.call('POST', revisions, { body: content })
    expect(text).toContain(`"data":{"n":${long},"deep":[{"x":-${long}}]}`)
    expect((await server.call('GET', `${revisions}/raw`)).text).toContain(`"revision":${long}`)
  })

  it('of a bound pod that is deleted: it ends, if late', async () => {
    await server.call('POST', pods, { body: body('bound', '9223372036854775807').replace('"spec":{', '"spec":{"nodeName":"n",') })
    const { code, json } = await server.call('DELETE', `${pods}/bound`)
    expect(code).toBe(200)
    expect(json.metadata.deletionTimestamp).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect((await server.call('DELETE', `${pods}/bound?gracePeriodSeconds=0`)).code).toBe(200)
  })

  it('and one that is none of 32 bits scales nothing', async () => {
    const template = '{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}'
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    await server.call('POST', deployments, {
      body: `{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":${template}}}`,
    })
    for (const replicas of ['3000000000', long]) {
      const { json } = await server.call('PUT', `${deployments}/d/scale`, {
        body: `{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"d","namespace":"default"},"spec":{"replicas":${replicas}}}`,
      })
      expect(json).toMatchObject({
        code: 400,
        message: expect.stringContaining(`number ${replicas} into Go struct field ScaleSpec.spec.replicas of type int32`),
      })
    }
  })
})
