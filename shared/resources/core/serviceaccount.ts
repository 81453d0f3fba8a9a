import { age } from '../column.ts'
import { define } from '../definition.ts'
import type { ServiceAccount } from '../resource.ts'

const enforceMountableSecrets = 'kubernetes.io/enforce-mountable-secrets'

const keepSecretNames = (object: ServiceAccount) => {
  if (object.secrets) object.secrets = object.secrets.map(({ name }) => ({ name }))
}

export const serviceAccount = define<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  rechecksNames: [''],
  subresources: {
    others: {
      token: { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
    },
  },
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  returnsDeleted: true,
  columns: [age],
  warnings: ({ metadata }, old) =>
    metadata.annotations?.[enforceMountableSecrets] !== undefined &&
    old?.metadata.annotations?.[enforceMountableSecrets] === undefined
      ? [
          `metadata.annotations[${enforceMountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],
})
