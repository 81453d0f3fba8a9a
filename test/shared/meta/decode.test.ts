import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../shared/meta/decode/json.ts'
import { decode, type FieldValidation } from '../../../shared/meta/decode.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'

const pod = 'io.k8s.api.core.v1.Pod'
const deployment = 'io.k8s.api.apps.v1.Deployment'
const read = (body: unknown, options: { schema?: string; fieldValidation?: FieldValidation; contentType?: string } = {}) =>
  decode<Record<string, unknown>>(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), {
    schema: pod,
    schemas: loadSchemas(),
    ...options,
  })
const containers = (container: unknown) => ({ spec: { containers: [container] } })

describe('decode', () => {
  it('keeps what the type has and drops nulls, empty lists and maps, and zeros where Go does', () => {
    const { object, warnings } = read({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', creationTimestamp: null, labels: {}, annotations: { a: null } },
      spec: {
        containers: [{ name: 'c', args: [], resources: {}, env: [{ name: 'A', value: '' }] }],
        volumes: [],
        nodeName: null,
      },
      status: {},
    })
    expect(warnings).toEqual([])
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', annotations: { a: '' } },
      spec: { containers: [{ name: 'c', resources: {}, env: [{ name: 'A' }] }] },
      status: {},
    })
  })

  it('keeps required lists that are empty', () =>
    expect(
      read({ endpoints: [], addressType: 'IPv4' }, { schema: 'io.k8s.api.discovery.v1.EndpointSlice' }).object,
    ).toHaveProperty('endpoints', []))

  it('writes quantities, times and base64 canonically', () => {
    expect(read(containers({ name: 'c', resources: { limits: { cpu: 1, memory: '0.5Gi' } } })).object).toEqual(
      containers({ name: 'c', resources: { limits: { cpu: '1', memory: '512Mi' } } }),
    )
    expect(read({ metadata: { deletionTimestamp: '2026-01-01T02:00:00.5+02:00' } }).object).toEqual({
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' },
    })
    expect(
      read({ spec: { renewTime: '2026-01-01T01:00:00.100000+01:00' } }, { schema: 'io.k8s.api.coordination.v1.Lease' }).object,
    ).toEqual({
      spec: { renewTime: '2026-01-01T00:00:00.100000Z' },
    })
    expect(read({ data: { a: 'YWJj\nZGVm' } }, { schema: 'io.k8s.api.core.v1.Secret' }).object).toEqual({
      data: { a: 'YWJjZGVm' },
    })
  })

  it.each([
    ['2026-02-30T00:00:00Z', ': day out of range'],
    ['2025-02-29T00:00:00Z', ': day out of range'],
    ['2026-01-00T00:00:00Z', ': day out of range'],
    ['2026-13-01T00:00:00Z', ': month out of range'],
    ['2026-00-01T00:00:00Z', ': month out of range'],
    ['2026-01-01T24:00:00Z', ': hour out of range'],
    ['2026-01-01T00:60:00Z', ': minute out of range'],
    ['2026-01-01T00:00:60Z', ': second out of range'],
    ['2026-01-01T00:00:00Zx', ': extra text: "x"'],
    ['2026-1-01T00:00:00Z', ' as "2006-01-02T15:04:05Z07:00": cannot parse "1-01T00:00:00Z" as "01"'],
  ])('refuses a time that is none, as Go does: %j', (deletionTimestamp, how) => {
    expect(() => read({ metadata: { deletionTimestamp } })).toThrow(`parsing time ${JSON.stringify(deletionTimestamp)}${how}`)
  })

  it.each([
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['2026-01-01T00:00:00+24:00', '2025-12-31T00:00:00Z'],
    ['2026-01-01T00:00:00-00:30', '2026-01-01T00:30:00Z'],
    ['2026-01-01T00:00:00,5Z', '2026-01-01T00:00:00Z'],
  ])('takes a time as Go does: %j', (given, deletionTimestamp) =>
    expect(read({ metadata: { deletionTimestamp: given } }).object).toEqual({ metadata: { deletionTimestamp } }),
  )

  it.each([
    ['2026-01-01T00:00:00Z', 'cannot parse "Z" as ".000000"'],
    ['2026-01-01T00:00:00.123Z', 'cannot parse ".123Z" as ".000000"'],
    ['2026-01-01T00:00:00.1234567Z', 'cannot parse "7Z" as "Z07:00"'],
    ['2026-01-01', 'cannot parse "" as "T"'],
    ['', 'cannot parse "" as "2006"'],
  ])('takes a time in microseconds with six digits only: %j', (renewTime, where) => {
    const layout = '2006-01-02T15:04:05.000000Z07:00'
    expect(() => read({ spec: { renewTime } }, { schema: 'io.k8s.api.coordination.v1.Lease' })).toThrow(
      `parsing time ${JSON.stringify(renewTime)} as "${layout}": ${where}`,
    )
  })

  it.each([
    ['"a"', 'json: cannot unmarshal string into Go value of type v1.Pod'],
    [{ spec: 'a' }, 'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec'],
    [
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { spec: { containers: ['a'] } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container',
    ],
    [
      containers({ image: 1 }),
      'json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
    ],
    [
      containers({ stdin: 'x' }),
      'json: cannot unmarshal string into Go struct field Container.spec.containers.stdin of type bool',
    ],
    [
      containers({ env: [{ name: 'A', value: true }] }),
      'json: cannot unmarshal bool into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      containers({ ports: [{ containerPort: 1.5 }] }),
      'json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [containers({ ports: [{ containerPort: 3000000000 }] }), 'json: cannot unmarshal number 3000000000 into Go struct field'],
    [
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      containers({ resources: { limits: { cpu: 'x' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      containers({ livenessProbe: { httpGet: { port: true } } }),
      'json: cannot unmarshal bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.httpGet.port of type int32',
    ],
    [{ metadata: { creationTimestamp: 'x' } }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ])('refuses %j', (body, message) =>
    expect(() => read(body)).toThrow(
      expect.objectContaining({
        code: 400,
        message: expect.stringContaining(`Pod in version "v1" cannot be handled as a Pod: ${message}`),
      }),
    ),
  )

  it.each(['a', 'YWJ', 'Y=Jj', 'YWJjZ===', '===='])('refuses %j as base64', (data) =>
    expect(() => read({ data: { a: data } }, { schema: 'io.k8s.api.core.v1.Secret' })).toThrow(
      'illegal base64 data at input byte',
    ),
  )

  it.each([
    ['', 'unexpected end of JSON input (<empty>)'],
    ['{', 'unexpected end of JSON input ({)'],
    ['{"a":"b', 'unexpected end of JSON input'],
    ['{a}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element (5b3120325d)"],
    ['kind: Pod', "invalid character 'k' looking for beginning of value (6b696e643a20506f64)"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a":trie}', "invalid character 'i' in literal true (expecting 'u')"],
    ['{"a":nulL}', "invalid character 'L' in literal null (expecting 'l')"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":1e+}', "invalid character '}' in exponent of numeric literal"],
    ['{"a":-x}', "invalid character 'x' in numeric literal"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
    ['{"a":"\\u12x"}', "invalid character 'x' in \\u hexadecimal character escape"],
    ['{"a":"\n"}', "invalid character '\\n' in string literal"],
    ['{"a":"\u0001"}', "invalid character '\\x01' in string literal"],
    ['{"a":\'', "invalid character '\\'' looking for beginning of value"],
    ['{"a":é}', "invalid character 'Ã' looking for beginning of value"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    [`${'['.repeat(2000)}`, "invalid character '[' exceeded max depth"],
  ])('says where JSON ends to be JSON: %j', (body, message) =>
    expect(() => read(body)).toThrow(
      `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: ${message}`,
    ),
  )

  const doubtful =
    '{"kind":"Pod","apiVersion":"v1","spec":{"foo":1,"containers":[{"name":"a","x":{"y":1},"name":"b"}]},"kind":"Pod","metadata":{"labels":{"a":"1","a":"2"}}}'
  const findings = [
    'unknown field "spec.foo"',
    'unknown field "spec.containers[0].x"',
    'duplicate field "spec.containers[0].name"',
    'duplicate field "kind"',
    'duplicate field "metadata.labels.a"',
  ]

  it('tells of half a million members that stand twice, a thousand levels down, without working on each', () => {
    const many = `{"x":1,"x":1${',"y":1'.repeat(500_000)},"z":1}`
    const bytes = Buffer.from(`${'{"aaaaaaaaaaaaaaaaaaaa":'.repeat(990)}${many}${'}'.repeat(990)}`)
    const started = performance.now()
    expect(parseJson(bytes, true).duplicates.map((path) => path.slice(-3))).toEqual(['a.x', 'a.y'])
    // A text for each would take 15 s.
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('warns of unknown and duplicate fields, and drops them', () => {
    const { object, warnings } = read(doubtful)
    expect(warnings).toEqual(findings)
    expect(object).toMatchObject({ spec: { containers: [{ name: 'b' }] }, metadata: { labels: { a: '2' } } })
    expect(object).not.toHaveProperty('spec.foo')
    expect(read(doubtful, { fieldValidation: 'Ignore' }).warnings).toEqual([])
  })

  it('does not look into what it does not know, nor count it twice', () => {
    const body = '{"data":{"a":"1","a":"2"},"x":{"y":1,"y":2},"x":[{"z":1,"z":2}],"xx":1}'
    const { warnings } = read(body, { schema: 'io.k8s.api.core.v1.ConfigMap' })
    expect(warnings).toEqual(['duplicate field "data.a"', 'unknown field "x"', 'unknown field "xx"'])
  })

  it('names a hundred at most', () => {
    const body = `{"data":{"a":"1","a":"2"}${Array.from({ length: 200 }, (_, index) => `,"x${index}":1`).join('')}}`
    expect(read(body, { schema: 'io.k8s.api.core.v1.ConfigMap' }).warnings).toHaveLength(100)
  })

  it('refuses them in strict mode', () =>
    expect(() => read(doubtful, { fieldValidation: 'Strict' })).toThrow(
      `Pod in version "v1" cannot be handled as a Pod: strict decoding error: ${findings.join(', ')}`,
    ))

  it('is not fooled by strings, prototypes and keys of Object', () => {
    const body = '{"data":{"__proto__":"a","constructor":"{\\"a\\":1,\\\\","x":"::"}}'
    const { object, warnings } = read(body, { schema: 'io.k8s.api.core.v1.ConfigMap', fieldValidation: 'Strict' })
    expect(warnings).toEqual([])
    expect(JSON.stringify(object)).toBe(body)
    expect(() => read({ constructor: {} }, { fieldValidation: 'Strict' })).toThrow('unknown field "constructor"')
  })

  it('keeps embedded objects as they are', () =>
    expect(read({ data: { a: null, b: [] }, revision: 1 }, { schema: 'io.k8s.api.apps.v1.ControllerRevision' }).object).toEqual({
      data: { a: null, b: [] },
      revision: 1,
    }))

  it('reads YAML', () => {
    const yaml =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, annotations: {at: 2026-01-01, word: "yes"}}\nspec:\n  replicas: 2\n  paused: yes\n'
    expect(read(yaml, { schema: deployment, contentType: 'application/yaml' }).object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', annotations: { at: '2026-01-01', word: 'yes' } },
      spec: { replicas: 2, paused: true },
    })
    expect(() => read('a: [', { contentType: 'application/yaml' })).toThrow('error converting YAML to JSON: yaml: ')
    expect(() => read('kind: Pod\nkind: Pod', { contentType: 'application/yaml', fieldValidation: 'Strict' })).toThrow(
      'strict decoding error: line 2: key "kind" already set in map',
    )
  })
})
