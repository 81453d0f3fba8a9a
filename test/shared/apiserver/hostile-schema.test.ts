import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOpenApi } from '../../../shared/apiserver/openapi/create-openapi.ts'
import { customApi } from '../../../shared/apiserver/openapi/custom-api.ts'
import { judgeStatus } from '../../../shared/controllers/customresourcedefinition/status.ts'
import type { CustomResourceDefinition } from '../../../shared/resources/apiextensions/resource.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { loadDescriptions, loadPublished, loadSchemas } from '../../../shared/resources/schemas.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
beforeAll(async () => {
  const openApi = createOpenApi({ definitions, loadSchemas, loadDescriptions, loadPublished, version: 'v1' })
  server = await startTestServer({ paths: [({ request, parts }) => openApi.handle(request, () => customApi(parts))] })
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

const group = 'hostile.example.com'
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** What the processor does for this thread, in ms: what others do at the same time does not count. */
const cpuOf = async <T>(work: () => Promise<T> | T): Promise<[T, number]> => {
  const before = process.threadCpuUsage()
  const result = await work()
  const { user, system } = process.threadCpuUsage(before)
  return [result, (user + system) / 1000]
}

const document = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ [`name-${index}`]: [index, `${index}`, {}] })))
/** Reading a megabyte of JSON on this machine. */
let unit = Number.POSITIVE_INFINITY
beforeAll(async () => {
  for (let round = 0; round < 20; round++) unit = Math.min(unit, (await cpuOf(() => JSON.parse(document)))[1])
})

interface Hostile {
  readonly schema: object
  readonly object?: object
  /** of the definition, and of the object */
  readonly codes: readonly [number, number?]
  /** Expected to be said of what is refused. */
  readonly says?: string
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const properties = (count: number, schemaOf: (index: number) => object) =>
  Object.fromEntries(range(count).map((index) => [`p${index}`, schemaOf(index)]))
const text = (pattern: string, more: object = {}) => ({ type: 'string', pattern, ...more })
const rule = (...rules: string[]) => ({ 'x-kubernetes-validations': rules.map((one) => ({ rule: one })) })
let seed = 1
const coin = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return (seed >>> 16) & 1 ? 'a' : 'b'
}
const coins = (count: number) => range(count).map(coin).join('')

const nested = (levels: number, leaf: object): object => {
  let schema = leaf
  for (let level = 0; level < levels; level++) schema = { type: 'object', properties: { a: schema } }
  return schema
}
const nestedValue = (levels: number, leaf: unknown): unknown => {
  let value = leaf
  for (let level = 0; level < levels; level++) value = { a: value }
  return value
}

const hostile: Readonly<Record<string, Hostile>> = {
  'ten thousand different patterns': {
    schema: { properties: properties(10_000, (index) => text(`^(a|b)*${index}([a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)) },
    object: properties(10_000, (index) => ({ toString: () => `a${index}` })),
    codes: [201, 201],
  },
  'patterns that are long without saying much': {
    schema: { properties: properties(2000, (index) => text(`(\\pL{1000}){1}${index}`)) },
    codes: [422],
    says: 'patterns may weigh 1000000',
  },
  'one pattern that is as long as it may be': {
    schema: { properties: { a: text('(a{1000}){1}'.repeat(90)) } },
    object: { a: 'a'.repeat(100_000) },
    codes: [201, 422],
    says: 'is too long to be held against',
  },
  'a pattern longer than that': {
    schema: { properties: { a: text('(a{1000}){1}'.repeat(200)) } },
    codes: [422],
    says: 'expression too large',
  },
  'classes of characters without end': {
    schema: { properties: { a: text('[\\pL\\pN]'.repeat(400)) } },
    object: { a: 'x' },
    codes: [201, 422],
  },
  'a pattern that may go many ways': {
    schema: { properties: properties(2, () => text('(a|b)*a(a|b){900}c?$')) },
    object: { p0: coins(30_000), p1: coins(30_000) },
    codes: [201, 422],
    says: 'is too long to be held against',
  },
  'a thousand ways to fit a long text': {
    schema: { properties: { a: { type: 'string', allOf: range(1000).map((index) => ({ pattern: `^b${index}` })) } } },
    object: { a: 'a'.repeat(1_000_000) },
    codes: [201, 422],
  },
  'an enum of a hundred thousand': {
    schema: {
      properties: { a: { type: 'array', items: { type: 'string', enum: range(100_000).map((index) => `v${index}`) } } },
    },
    object: { a: range(100_000).map((index) => `v${index}`) },
    codes: [201, 201],
  },
  'an enum of a hundred thousand that nothing fits': {
    schema: {
      properties: { a: { type: 'array', items: { type: 'string', enum: range(100_000).map((index) => `v${index}`) } } },
    },
    object: { a: range(20_000).map((index) => `w${index}`) },
    codes: [201, 422],
  },
  'an enum of numbers': {
    schema: { properties: { a: { type: 'array', items: { type: 'integer', enum: range(100_000) } } } },
    object: { a: range(100_000) },
    codes: [201, 201],
  },
  'twenty thousand properties': {
    schema: { properties: properties(20_000, (index) => ({ type: 'integer', default: index })) },
    object: {},
    codes: [201, 201],
  },
  'a deep schema': {
    schema: nested(240, { type: 'string', default: 'x' }),
    object: nestedValue(239, {}) as object,
    codes: [201, 201],
  },
  'a schema that is too deep': { schema: nested(300, { type: 'string' }), codes: [422] },
  'a deep schema with rules at each level': {
    schema: nested(100, { type: 'string', maxLength: 5, ...rule('self == "x"') }),
    object: nestedValue(100, 'x') as object,
    codes: [201, 201],
  },
  'alternatives within alternatives': {
    schema: {
      properties: {
        a: {
          type: 'string',
          ...range(60).reduce<object>(
            (inner) => ({ anyOf: [{ allOf: [inner] }, { oneOf: [{ minLength: 9 }, { minLength: 8 }] }] }),
            {
              minLength: 3,
            },
          ),
        },
      },
    },
    object: { a: 'x' },
    codes: [201, 422],
  },
  'five thousand rules': {
    schema: { properties: properties(5000, (index) => ({ type: 'integer', ...rule(`self > ${index}`) })) },
    object: properties(5000, () => ({ valueOf: () => 9999 })),
    codes: [201, 201],
  },
  'five thousand rules on one object of five hundred fields': {
    schema: {
      properties: properties(500, () => ({ type: 'integer' })),
      ...rule(...range(5000).map((index) => `!has(self.p${index % 500}) || self.p${index % 500} > ${index}`)),
    },
    object: { p1: 10_000 },
    codes: [201, 201],
  },
  'many patterns in rules': {
    schema: {
      properties: properties(3000, (index) => ({ type: 'string', maxLength: 10, ...rule(`self.matches('^a*${index}$')`) })),
    },
    object: properties(3000, (index) => ({ toString: () => `a${index}` })),
    codes: [201, 201],
  },
  'heavy patterns in rules': {
    schema: {
      properties: properties(500, (index) => ({
        type: 'string',
        maxLength: 10,
        ...rule(`self.matches('(\\\\pL{1000})(\\\\pN{1000})(\\\\pZ{1000})${index}')`),
      })),
    },
    codes: [422],
    says: 'patterns may weigh 1000000',
  },
  'rules whose patterns may go many ways': {
    schema: {
      properties: properties(50, (index) => ({
        type: 'string',
        maxLength: 100_000,
        ...rule(`self.matches('(a|b)*a(a|b){${900 + index}}c?$')`),
      })),
    },
    object: properties(50, () => ({ toString: () => coins(10_000) })),
    codes: [201, 422],
    says: 'call cost exceeds limit',
  },
  'rules that use up what an object may cost': {
    schema: {
      properties: {
        a: {
          type: 'array',
          maxItems: 300,
          items: { type: 'integer' },
          ...rule(...range(30).map((index) => `self.all(x, self.all(y, x + y >= ${-index}))`)),
        },
      },
    },
    object: { a: range(300) },
    codes: [201, 422],
    says: 'cost budget',
  },
}

const plain = (object: object | undefined) =>
  JSON.parse(
    JSON.stringify(object ?? {}, (_key, value) => {
      if (typeof value !== 'object' || value === null) return value
      if (Object.hasOwn(value, 'toString')) return String(value)
      return Object.hasOwn(value, 'valueOf') ? Number(value) : value
    }),
  )

describe('a schema that means harm', () => {
  it.each(Object.entries(hostile))(
    'ends in bounded time: %s',
    async (what, { schema, object, codes, says }) => {
      const plural = `h${Object.keys(hostile).indexOf(what)}`
      const name = `${plural}.${group}`
      const body = {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural, kind: `Kind${plural}`, listKind: `Kind${plural}List` },
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', ...schema } } }],
        },
      }
      const took: Record<string, number> = {}
      const said: string[] = []
      const measure = async (step: string, work: () => Promise<{ code: number; text: string }>) => {
        const [answer, ms] = await cpuOf(work)
        took[step] = ms / unit
        if (answer.code >= 400) said.push(answer.text)
        return answer
      }
      const made = await measure('define', () => server.call('POST', crds, { body }))
      const found: number[] = [made.code]
      if (made.code === 201) {
        const judged = judgeStatus(JSON.parse(made.text) as CustomResourceDefinition, [], '2026-01-01T00:00:00Z')
        await server.call('PUT', `${crds}/${name}/status`, { body: judged })
        expect(await measure('discovery', () => server.call('GET', `/apis/${group}/v1`))).toMatchObject({ code: 200 })
        expect(await measure('openapi', () => server.call('GET', `/openapi/v3/apis/${group}/v1`))).toMatchObject({ code: 200 })
        const value = { apiVersion: `${group}/v1`, kind: `Kind${plural}`, metadata: { name: 'a' }, ...plain(object) }
        const path = `/apis/${group}/v1/namespaces/default/${plural}`
        if (codes[1]) found.push((await measure('create', () => server.call('POST', path, { body: value }))).code)
        await server.call('DELETE', `${crds}/${name}`)
      }
      expect(found).toEqual([...codes])
      if (says) expect(said.join('')).toContain(says)
      // About twice of what the dearest takes in quiet: two threads of one core slow each other down, and the unit is the best of twenty.
      expect(Object.entries(took).filter(([, units]) => units > 400)).toEqual([])
      expect(Math.max(0, ...said.map(({ length }) => length))).toBeLessThan(25_000_000)
    },
    120_000,
  )
})
