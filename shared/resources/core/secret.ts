import { age, text } from '../column.ts'
import { define } from '../definition.ts'
import type { Secret } from '../resource.ts'

/** stringData is write-only: it is merged into data and never stored. */
const mergeStringData = (secret: Secret) => {
  const { stringData } = secret
  if (stringData === undefined) return
  delete secret.stringData
  const entries = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  if (entries.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(entries) }
}

export const secret = define<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Secret',
  encrypted: true,
  default: (object) => {
    mergeStringData(object)
    object.type ||= 'Opaque'
  },
  fieldSelectors: { type: ({ type }) => type ?? '' },
  columns: [
    text(
      'Type',
      'Used to facilitate programmatic handling of secret data. More info: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types',
      ({ type }) => type ?? '',
    ),
    text(
      'Data',
      "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ({ data }) => Object.keys(data ?? {}).length,
    ),
    age,
  ],
})
