import type { Field, Model } from './model.ts'

/** metrics.k8s.io/v1beta1, which no client's models have: https://github.com/kubernetes/metrics/blob/v0.35.4/pkg/apis/metrics/v1beta1/types.go */
export const metricsPackage = 'io.k8s.metrics.pkg.apis.metrics.v1beta1'

const kindFields = (metadata: 'V1ObjectMeta' | 'V1ListMeta'): Field[] => [
  optional('apiVersion', 'string', { description: versionText }),
  optional('kind', 'string', { description: kindText }),
  optional('metadata', metadata, { description: metadata === 'V1ObjectMeta' ? metadataText : listText }),
]

const versionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources'
const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds'
const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
const listText =
  'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds'
const usageText = 'The memory usage is the memory working set.'
const timeText =
  'The following fields define time interval from which metrics were collected from the interval [Timestamp-Window, Timestamp].'

interface Said {
  readonly description?: string
  readonly format?: string
}

const optional = (name: string, type: string, { description = '', format = '' }: Said = {}): Field => ({
  ...{ name, type, format, required: false, description },
})
const required = (name: string, type: string, said?: Said): Field => ({ ...optional(name, type, said), required: true })

const usage = required('usage', '{ [key: string]: string; }', { description: usageText })
const span = [required('timestamp', 'Date', { description: timeText, format: 'date-time' }), required('window', 'string')]

const model = (kind: string, description: string, fields: readonly Field[]): Model => ({
  name: `V1beta1${kind}`,
  description,
  fields: [...fields].sort((a, b) => (a.name < b.name ? -1 : 1)),
})

const list = (kind: string, items: string): Model =>
  model(`${kind}List`, `${kind}List is a list of ${kind}.`, [
    ...kindFields('V1ListMeta'),
    required('items', `Array<V1beta1${kind}>`, { description: items }),
  ])

export const metricsModels: readonly Model[] = [
  model('ContainerMetrics', 'ContainerMetrics sets resource usage metrics of a container.', [
    required('name', 'string', { description: 'Container name corresponding to the one from pod.spec.containers.' }),
    usage,
  ]),
  model('NodeMetrics', 'NodeMetrics sets resource usage metrics of a node.', [...kindFields('V1ObjectMeta'), ...span, usage]),
  list('NodeMetrics', 'List of node metrics.'),
  model('PodMetrics', 'PodMetrics sets resource usage metrics of a pod.', [
    ...kindFields('V1ObjectMeta'),
    ...span,
    required('containers', 'Array<V1beta1ContainerMetrics>', {
      description: 'Metrics for all containers are collected within the same time window.',
    }),
  ]),
  list('PodMetrics', 'List of pod metrics.'),
]
