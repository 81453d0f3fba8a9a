import { dns1035Label } from '../../meta/names.ts'
import { define } from '../definition.ts'
import type { Service } from '../resource.ts'
import { validateClusterIPUpdate } from './service/cluster-ip.ts'
import { serviceColumns } from './service/columns.ts'
import { defaultService } from './service/defaults.ts'
import { validateLoadBalancerUpdate, validateServiceStatus } from './service/load-balancer.ts'
import { dropTypeDependentFields } from './service/strategy.ts'
import { validateTrafficUpdate } from './service/traffic.ts'
import { validateService } from './service/validation.ts'
import { serviceWarnings } from './service/warnings.ts'

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
  validateName: dns1035Label,
  default: defaultService,
  prepareForCreate: (object) => {
    object.status = { loadBalancer: {} }
  },
  prepareForUpdate: dropTypeDependentFields,
  returnsDeleted: true,
  validate: validateService,
  validateUpdate: (object, old) => [
    ...validateClusterIPUpdate(object, old),
    ...validateLoadBalancerUpdate(object, old),
    ...validateTrafficUpdate(object, old),
  ],
  validateStatusUpdate: validateServiceStatus,
  warnings: serviceWarnings,
  fieldSelectors: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  columns: serviceColumns,
})
