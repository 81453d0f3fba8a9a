import { describe, expect, it } from 'vitest'
import { decodeMetadata } from '../../../../shared/apiserver/objects/decode-metadata.ts'
import { decodeStored, encoder, reencoder } from '../../../../shared/apiserver/objects/encode.ts'
import type { KubeObject } from '../../../../shared/meta/object.ts'

const type = { group: 'apps', version: 'v1', kind: 'Deployment' }
const metadata = { name: 'tricky', annotations: { a: '}},"spec":{"', b: '\\"}', c: 'ü' } }

describe('encoder', () => {
  it.each([
    ['an object', { metadata, spec: { replicas: 1 } }],
    ['nothing but a name', { metadata: { name: 'x' } }],
  ])('puts the revision into %s', (_name, object) => {
    const encode = encoder(type, { ...object, apiVersion: 'wrong', kind: 'wrong' })
    const resourceVersion = '12'
    expect(decodeStored(encode(12))).toEqual({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      ...object,
      metadata: { resourceVersion, ...object.metadata },
    })
    expect(Buffer.from(encode(12)).toString().replace('"12"', '"123456"')).toBe(Buffer.from(encode(123456)).toString())
  })
})

describe('reencoder', () => {
  it.each([
    ['an object', { metadata, spec: { replicas: 1 } }],
    ['nothing but a name', { metadata: { name: 'x' } }],
    ['nothing at all', { metadata: {} }],
    ['managers', { metadata: { ...metadata, managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': {} } }] }, data: { a: '"' } }],
  ])('gives stored bytes of %s another revision, as if they were serialized again', (_name, object) => {
    const stored = encoder(type, object as KubeObject)
    for (const [before, after] of [
      [1, 2],
      [9, 10],
      [10, 123456],
      [123456, 7],
    ] as const) {
      const again = reencoder(type, stored(before))!(after)
      expect(Buffer.from(again).toString()).toBe(Buffer.from(encoder(type, decodeStored(stored(before)))(after)).toString())
    }
  })

  it('leaves bytes of another version to who can make this one of them', () => {
    expect(reencoder({ ...type, version: 'v2' }, encoder(type, { metadata } as KubeObject)(1))).toBeUndefined()
  })
})

describe('decodeMetadata', () => {
  it('reads the metadata of stored bytes, whatever its strings contain', () => {
    const bytes = encoder(type, { metadata, spec: { metadata: { name: 'inner' } } })(7)
    expect(decodeMetadata(bytes)).toEqual({ metadata: { resourceVersion: '7', ...metadata } })
  })
})
