import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../../../shared/meta/decode.ts'
import { decodeProtobuf } from '../../../shared/meta/protobuf.ts'
import { loadProtobufTable, loadSchemas } from '../../../shared/resources/schemas.ts'

const table = loadProtobufTable()
const magic = Buffer.from('k8s\0')
const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}
const int = (number: number, value: number) => Buffer.concat([varint(number << 3), varint(value)])
const field = (number: number, ...parts: (string | Buffer)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes])
}
const envelope = (apiVersion: string, kind: string, ...fields: Buffer[]) =>
  Buffer.concat([magic, field(1, field(1, apiVersion), field(2, kind)), field(2, ...fields)])
const decode = (...args: Parameters<typeof envelope>) => decodeProtobuf(envelope(...args), table)

describe('protobuf bodies', () => {
  it('read metadata, maps, lists, times and bytes as their JSON', () => {
    const metadata = field(
      1,
      field(1, 'a'),
      field(3, ''),
      field(8, int(1, 1_700_000_000), int(2, 0)),
      field(11, field(1, 'k'), field(2, 'v')),
    )
    expect(decode('v1', 'Secret', metadata, field(2, field(1, 'p'), field(2, 'q')), field(3, 'Opaque'))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a', creationTimestamp: '2023-11-14T22:13:20Z', labels: { k: 'v' } },
      data: { p: 'cQ==' },
      type: 'Opaque',
    })
  })

  // made by upstream's own types, in Go
  it('read a CustomResourceDefinition as its JSON', () => {
    const { json, protobuf } = JSON.parse(readFileSync(new URL('./definition-as-protobuf.json', import.meta.url), 'utf8'))
    const schema = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition'
    const typed = (value: unknown) => decodeValue(value, { schema, schemas: loadSchemas() }).object
    expect(typed(decodeProtobuf(Buffer.from(protobuf, 'base64'), table))).toEqual(typed(json))
    const { properties } = json.spec.versions[0].schema.openAPIV3Schema
    expect(decodeProtobuf(Buffer.from(protobuf, 'base64'), table)).toMatchObject({
      spec: { versions: [{ schema: { openAPIV3Schema: { properties } } }] },
    })
  })

  it('tell a zero that was set from one that was not', () => {
    const deployment = decode('apps/v1', 'Deployment', field(1, field(1, 'd')), field(2, int(1, 0), int(5, 0), int(7, 0)))
    expect(deployment.spec).toEqual({ replicas: 0 })
  })

  it('read inlined structs, int-or-strings and quantities', () => {
    const probe = field(10, field(1, field(2, field(1, '/ready'), field(2, int(1, 1), int(2, 0), field(3, 'http')))), int(2, 5))
    const resources = field(8, field(1, field(1, 'cpu'), field(2, field(1, '100m'))))
    const pod = decode('v1', 'Pod', field(1, field(1, 'p')), field(2, field(2, field(1, 'c'), resources, probe)))
    expect(pod.spec).toEqual({
      containers: [
        {
          name: 'c',
          resources: { limits: { cpu: '100m' } },
          livenessProbe: { httpGet: { path: '/ready', port: 'http' }, initialDelaySeconds: 5 },
        },
      ],
    })
  })

  it('keep empty objects and drop the zero time', () => {
    const pod = decode('v1', 'Pod', field(1, field(1, 'p'), field(8)), field(2, field(1, field(1, 'v'), field(2, field(2)))))
    expect(pod).toMatchObject({ metadata: { name: 'p' }, spec: { volumes: [{ name: 'v', emptyDir: {} }] } })
    expect(pod.metadata).not.toHaveProperty('creationTimestamp')
  })

  it('find options of any group in meta/v1', () => {
    expect(decode('apps/v1', 'DeleteOptions', int(1, 0), field(4, 'Foreground'))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      propagationPolicy: 'Foreground',
    })
  })

  it.each([
    ['no magic', Buffer.from('{}'), 'does not appear to be a protobuf message'],
    ['an unknown kind', envelope('v1', 'Gadget'), 'no kind "Gadget" is registered for version "v1"'],
    ['a truncated field', envelope('v1', 'Pod', field(1, field(1, 'p'))).subarray(0, -2), 'unexpected EOF'],
    ['an unknown field', envelope('v1', 'Pod', field(99, 'x')), 'unknown field number 99'],
    ['a number where a message should be', envelope('v1', 'Pod', int(1, 7)), 'proto: wrong wireType'],
  ])('refuse %s', (_what, bytes, message) => {
    expect(() => decodeProtobuf(bytes, table)).toThrow(message)
  })

  it('know the same fields as the schemas', () => {
    const namesOf = (type: string): string[] =>
      (table[type] ?? []).flatMap(([, name, kind, flags]) => (flags.includes('i') ? namesOf(kind) : [name]))
    const typeFields = new Set(['apiVersion', 'kind'])
    const different = Object.entries(loadSchemas()).filter(([type, schema]) => {
      const known = new Set(namesOf(type))
      return type in table && Object.keys(schema.properties ?? {}).some((name) => !known.has(name) && !typeFields.has(name))
    })
    expect(different.map(([type]) => type)).toEqual([])
  })
})
