import { serviceAccounts } from '../resources/resource.ts'
import { createNamespaceContentController } from './namespace-content.ts'

/** Each namespace has a `default` ServiceAccount: pods that name none run as it. */
export const serviceAccountController = createNamespaceContentController({
  name: 'serviceaccount',
  resource: serviceAccounts,
  objectName: 'default',
  build: (namespace) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }),
})
