import { addQuantities, formatQuantity, parseQuantity, zeroQuantity } from '../../meta/quantity.ts'
import type { Column, KindDefinition } from '../definition.ts'
import { define } from '../definition.ts'
import type { NodeMetrics, PodMetrics } from '../resource.ts'

const group = 'metrics.k8s.io'
const version = 'v1beta1'

/** As metrics-server shows them. */
const columns = <T extends NodeMetrics | PodMetrics>(
  amountOf: (object: T, resource: 'cpu' | 'memory') => string,
): Column<T>[] => {
  const column = (name: string, format: string, cell: (object: T) => string): Column<T> => ({
    ...{ name, type: 'string', format, description: '', priority: 0, cell },
  })
  return [
    { ...column('Name', 'name', ({ metadata }) => metadata.name), description: 'Name of the resource' },
    column('cpu', 'quantity', (object) => amountOf(object, 'cpu')),
    column('memory', 'quantity', (object) => amountOf(object, 'memory')),
    column('Window', 'duration', (object) => object.window),
  ]
}

const common = { group, version, singular: '', verbs: ['get', 'list'], yields: true } as const

/** Answered out of what agents say, never stored. */
export const nodeMetricsDefinition: KindDefinition = define<NodeMetrics>({
  ...common,
  kind: 'NodeMetrics',
  plural: 'nodes',
  namespaced: false,
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics',
  columns: columns(({ usage }, resource) => usage[resource] ?? '0'),
})

export const podMetricsDefinition: KindDefinition = define<PodMetrics>({
  ...common,
  kind: 'PodMetrics',
  plural: 'pods',
  namespaced: true,
  schema: 'io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics',
  columns: columns(({ containers }, resource) =>
    formatQuantity(containers.map(({ usage }) => parseQuantity(usage[resource] ?? '0')).reduce(addQuantities, zeroQuantity)),
  ),
})
