import { define } from '../definition.ts'
import type { Service } from '../resource.ts'
import { serviceColumns } from './service/columns.ts'
import { defaultService } from './service/defaults.ts'

export const service = define<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Service',
  createOnUpdate: true,
  subresources: {
    status: true,
    others: { proxy: { kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] } },
  },
  default: defaultService,
  prepareForCreate: (object) => {
    object.status = { loadBalancer: {} }
  },
  fieldSelectors: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  columns: serviceColumns,
})
