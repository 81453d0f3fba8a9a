import { describe, expect, it } from 'vitest'
import { decode } from '../../../shared/meta/decode.ts'
import { parseExactJson } from '../../../shared/meta/exact-json.ts'
import { loadSchemas } from '../../../shared/resources/schemas.ts'

describe('JSON without loss', () => {
  it.each([
    ['0', 0],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['100000000000000000000000000001', 100000000000000000000000000001n],
    ['1e300', 1e300],
    ['9007199254740993.5', 9007199254740994],
  ])('%s', (text, value) => {
    for (const around of ['%', '[%]', '{"a":%}', '[1, %]', '{"a":"x", "b" : %}', '{"__proto__":%}', '["9007199254740993", %]']) {
      const body = around.replace('%', text)
      const parsed = parseExactJson(body)
      expect(JSON.parse(JSON.stringify(parsed))).toEqual(JSON.parse(body))
      if (around === '%') expect(parsed).toBe(value)
    }
    if (/^-?\d+$/.test(text)) expect(JSON.stringify(parseExactJson(`{"a":[${text}]}`))).toBe(`{"a":[${text}]}`)
  })

  it('leaves text in strings alone', () => {
    const text = '{"a":"[9007199254740993","b":":9007199254740993"}'
    expect(parseExactJson(text)).toEqual({ a: '[9007199254740993', b: ':9007199254740993' })
  })
})

describe('integers of a type', () => {
  const read = (schema: string, text: string, contentType?: string) =>
    decode<{ spec: Record<string, unknown> }>(Buffer.from(text), { schema, schemas: loadSchemas(), contentType }).object.spec
  const pod = 'io.k8s.api.core.v1.Pod'
  const deployment = 'io.k8s.api.apps.v1.Deployment'

  it.each([
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['42', 42],
  ])('of 64 bits keep %s, in JSON and in YAML', (text, value) => {
    expect(read(pod, `{"spec":{"activeDeadlineSeconds":${text}}}`)).toEqual({ activeDeadlineSeconds: value })
    expect(read(pod, `spec:\n  activeDeadlineSeconds: ${text}\n`, 'application/yaml')).toEqual({ activeDeadlineSeconds: value })
  })

  it.each([
    [pod, 'activeDeadlineSeconds', '9223372036854775808', 'Go struct field PodSpec.spec.activeDeadlineSeconds of type int64'],
    [pod, 'activeDeadlineSeconds', '-9223372036854775809', 'Go struct field PodSpec.spec.activeDeadlineSeconds of type int64'],
    [deployment, 'replicas', '2147483648', 'Go struct field DeploymentSpec.spec.replicas of type int32'],
    [deployment, 'replicas', '-2147483649', 'Go struct field DeploymentSpec.spec.replicas of type int32'],
    [deployment, 'replicas', '9007199254740993', 'Go struct field DeploymentSpec.spec.replicas of type int32'],
  ])('%s %s refuse %s', (schema, field, text, into) => {
    for (const [body, type] of [
      [`{"spec":{"${field}":${text}}}`, 'application/json'],
      [`spec:\n  ${field}: ${text}\n`, 'application/yaml'],
    ])
      expect(() => read(schema, body!, type)).toThrow(`json: cannot unmarshal number ${text} into ${into}`)
  })

  it('are amounts where those are asked for, and say that they are numbers where they are not', () => {
    const resources = { schema: 'io.k8s.api.core.v1.ResourceRequirements', schemas: loadSchemas() }
    expect(decode(Buffer.from('{"limits":{"memory":9007199254740993}}'), resources).object).toEqual({
      limits: { memory: '9007199254740993' },
    })
    expect(() => read(pod, '{"spec":{"nodeName":9007199254740993}}')).toThrow('cannot unmarshal number into')
  })
})
