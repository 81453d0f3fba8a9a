import { describe, expect, it } from 'vitest'
import { definitionOf, kind } from '../definition-of.ts'

const configMap = kind('ConfigMap')
const secret = kind('Secret')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const tooBig = 'x'.repeat(1024 * 1024 + 1)
const immutable = 'Forbidden: field is immutable when `immutable` is set'

describe('a ConfigMap', () => {
  it.each([
    ['anything', { data: { 'app.conf': 'x', A_B: 'y' } }, []],
    [
      'a key that is no file name',
      { data: { 'a/b': 'x' } },
      [
        "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    ['a key that leads out', { data: { '..': 'x' } }, ['data[..]: Invalid value: "..": must not be \'..\'']],
    [
      'a key in both',
      { data: { a: 'x' }, binaryData: { a: base64('x') } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    ['too much', { data: { a: tooBig } }, ['[]: Too long: may not be more than 1048576 bytes']],
  ])('with %s', (_, value, expected) => {
    expect(configMap.errors(value)).toEqual(expected)
  })

  it('keeps its data once immutable', () => {
    const old = { immutable: true, data: { a: '1' } }
    expect(configMap.updateErrors(old, old)).toEqual([])
    expect(configMap.updateErrors(old, { data: { a: '2' } })).toEqual([`immutable: ${immutable}`, `data: ${immutable}`])
  })

  it('shows how many values it has', () => {
    expect(configMap.cells({ data: { a: '1', b: '2' }, binaryData: { c: '' } }).Data).toBe(3)
  })
})

describe('a Secret', () => {
  it('is encrypted, Opaque, and merges stringData', () => {
    expect(definitionOf('Secret').encrypted).toBe(true)
    expect(secret.defaulted({ data: { a: base64('1') }, stringData: { a: '2', b: 'ü' } })).toMatchObject({
      type: 'Opaque',
      data: { a: base64('2'), b: base64('ü') },
    })
    expect(secret.defaulted({ stringData: { a: '1' } })).not.toHaveProperty('stringData')
  })

  it.each([
    ['nothing', {}, []],
    ['a wrong key', { data: { 'a b': '' } }, [expect.stringMatching(/^data\[a b\]: Invalid value: "a b": a valid config key/)]],
    ['too much', { data: { a: base64(tooBig) } }, ['data: Too long: may not be more than 1048576 bytes']],
    ['no certificate', { type: 'kubernetes.io/tls' }, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    ['no user', { type: 'kubernetes.io/basic-auth' }, ['data[username]: Required value', 'data[password]: Required value']],
    ['a user', { type: 'kubernetes.io/basic-auth', data: { username: base64('me') } }, []],
    ['no key', { type: 'kubernetes.io/ssh-auth' }, ['data[ssh-privatekey]: Required value']],
    ['no registries', { type: 'kubernetes.io/dockerconfigjson' }, ['data[.dockerconfigjson]: Required value']],
    [
      'registries that are no JSON',
      { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': base64('{"hidden') } },
      ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input'],
    ],
    [
      'no account',
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
  ])('with %s', (_, value, expected) => {
    expect(secret.errors(value)).toEqual(expected)
  })

  it('keeps its type, and its data once immutable', () => {
    const old = { immutable: true, data: { a: '' } }
    expect(secret.updateErrors(old, { ...old, type: 'mine' })).toEqual(['type: Invalid value: "mine": field is immutable'])
    expect(secret.updateErrors(old, { immutable: true, data: {} })).toEqual([`data: ${immutable}`])
  })

  it('warns of a pair that would not serve', () => {
    const pair = (crt: string, key: string) =>
      secret.warnings({ type: 'kubernetes.io/tls', data: { 'tls.crt': base64(crt), 'tls.key': base64(key) } })
    const block = (type: string) => `-----BEGIN ${type}-----\nMAA=\n-----END ${type}-----\n`
    expect(pair('x', 'y')).toEqual(['tls: failed to find any PEM data in certificate input'])
    expect(pair(block('PRIVATE KEY'), '')).toEqual([
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ])
    expect(pair(block('CERTIFICATE'), '')).toEqual(['tls: failed to find any PEM data in key input'])
    expect(secret.warnings({ data: { 'tls.crt': base64('x') } })).toEqual([])
  })

  it('shows its type and how many values it has', () => {
    expect(secret.cells({ type: 'Opaque', data: { a: '' } })).toMatchObject({ Type: 'Opaque', Data: 1 })
  })
})
