import { describe, expect, it } from 'vitest'
import { decodeMetadata } from '../../../../shared/apiserver/objects/decode-metadata.ts'
import { decodeStored, encoder } from '../../../../shared/apiserver/objects/encode.ts'

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

describe('decodeMetadata', () => {
  it('reads the metadata of stored bytes, whatever its strings contain', () => {
    const bytes = encoder(type, { metadata, spec: { metadata: { name: 'inner' } } })(7)
    expect(decodeMetadata(bytes)).toEqual({ metadata: { resourceVersion: '7', ...metadata } })
  })
})
