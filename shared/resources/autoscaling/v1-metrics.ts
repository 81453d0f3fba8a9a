import type {
  V2CrossVersionObjectReference,
  V2MetricIdentifier,
  V2MetricSpec,
  V2MetricStatus,
  V2MetricTarget,
  V2MetricValueStatus,
} from '../generated/types.ts'

/** A metric as autoscaling/v1 writes it into an annotation, its fields in Go's order. */
export type OldMetric = { readonly type: string } & Readonly<Record<string, OldSource | string | undefined>>
type OldSource = Readonly<Record<string, unknown>>

/** Go writes a quantity that is no pointer, said or not. */
const noAmount = '0'

const referenceOf = ({ kind, name, apiVersion }: Partial<V2CrossVersionObjectReference> = {}) => ({
  kind: kind ?? '',
  name: name ?? '',
  apiVersion: apiVersion || undefined,
})

/** By field of a metric in Go's order: what is wanted. */
const specs: Readonly<Record<string, (metric: V2MetricSpec) => OldSource | undefined>> = {
  object: ({ object }) =>
    object && {
      target: referenceOf(object.describedObject),
      metricName: object.metric.name,
      targetValue: object.target.value ?? noAmount,
      selector: object.metric.selector,
      averageValue: object.target.averageValue,
    },
  pods: ({ pods }) =>
    pods && {
      metricName: pods.metric.name,
      targetAverageValue: pods.target.averageValue ?? noAmount,
      selector: pods.metric.selector,
    },
  resource: ({ resource }) => resource && { name: resource.name, ...shareOf(resource.target) },
  containerResource: ({ containerResource: source }) =>
    source && { name: source.name, ...shareOf(source.target), container: source.container },
  external: ({ external }) =>
    external && {
      metricName: external.metric.name,
      metricSelector: external.metric.selector,
      targetValue: external.target.value,
      targetAverageValue: external.target.averageValue,
    },
}

const shareOf = ({ averageUtilization, averageValue }: V2MetricTarget) => ({
  targetAverageUtilization: averageUtilization,
  targetAverageValue: averageValue,
})

/** The same, of what is. */
const statuses: Readonly<Record<string, (metric: V2MetricStatus) => OldSource | undefined>> = {
  object: ({ object }) =>
    object && {
      target: referenceOf(object.describedObject),
      metricName: object.metric.name,
      currentValue: object.current.value ?? noAmount,
      selector: object.metric.selector,
      averageValue: object.current.averageValue,
    },
  pods: ({ pods }) =>
    pods && {
      metricName: pods.metric.name,
      currentAverageValue: pods.current.averageValue ?? noAmount,
      selector: pods.metric.selector,
    },
  resource: ({ resource }) => resource && { name: resource.name, ...currentShareOf(resource.current) },
  containerResource: ({ containerResource: source }) =>
    source && { name: source.name, ...currentShareOf(source.current), container: source.container },
  external: ({ external }) =>
    external && {
      metricName: external.metric.name,
      metricSelector: external.metric.selector,
      currentValue: external.current.value ?? noAmount,
      currentAverageValue: external.current.averageValue,
    },
}

const currentShareOf = ({ averageUtilization, averageValue }: V2MetricValueStatus) => ({
  currentAverageUtilization: averageUtilization,
  currentAverageValue: averageValue ?? noAmount,
})

const written = <T extends { readonly type: string }>(
  metric: T,
  sources: Readonly<Record<string, (metric: T) => OldSource | undefined>>,
): OldMetric => ({
  type: metric.type,
  ...Object.fromEntries(Object.entries(sources).map(([field, write]) => [field, write(metric)])),
})

export const oldSpec = (metric: V2MetricSpec): OldMetric => written(metric, specs)
export const oldStatus = (metric: V2MetricStatus): OldMetric => written(metric, statuses)

type Read = Readonly<Record<string, (source: OldSource) => unknown>>

const metricOf = ({ metricName, selector, metricSelector }: OldSource) =>
  ({ name: metricName ?? '', selector: selector ?? metricSelector }) as V2MetricIdentifier

const shared = (averageUtilization: unknown, averageValue: unknown) => ({
  type: averageUtilization === undefined ? 'AverageValue' : 'Utilization',
  averageValue,
  averageUtilization,
})

const readSpecs: Read = {
  object: (source) => ({
    describedObject: referenceOf(source.target as V2CrossVersionObjectReference),
    metric: metricOf(source),
    target: {
      type: source.averageValue === undefined ? 'Value' : 'AverageValue',
      value: source.targetValue ?? noAmount,
      averageValue: source.averageValue,
    },
  }),
  pods: (source) => ({
    metric: metricOf(source),
    target: { type: 'AverageValue', averageValue: source.targetAverageValue ?? noAmount },
  }),
  resource: ({ name, targetAverageUtilization, targetAverageValue }) => ({
    name: name ?? '',
    target: shared(targetAverageUtilization, targetAverageValue),
  }),
  containerResource: ({ name, container, targetAverageUtilization, targetAverageValue }) => ({
    name: name ?? '',
    container: container ?? '',
    target: shared(targetAverageUtilization, targetAverageValue),
  }),
  external: (source) => ({
    metric: metricOf(source),
    target: {
      type: source.targetValue === undefined ? 'AverageValue' : 'Value',
      value: source.targetValue,
      averageValue: source.targetAverageValue,
    },
  }),
}

const readStatuses: Read = {
  object: (source) => ({
    describedObject: referenceOf(source.target as V2CrossVersionObjectReference),
    metric: metricOf(source),
    current: { value: source.currentValue ?? noAmount, averageValue: source.averageValue },
  }),
  pods: (source) => ({ metric: metricOf(source), current: { averageValue: source.currentAverageValue ?? noAmount } }),
  resource: ({ name, currentAverageUtilization, currentAverageValue }) => ({
    name: name ?? '',
    current: { averageValue: currentAverageValue ?? noAmount, averageUtilization: currentAverageUtilization },
  }),
  containerResource: ({ name, container, currentAverageUtilization, currentAverageValue }) => ({
    name: name ?? '',
    container: container ?? '',
    current: { averageValue: currentAverageValue ?? noAmount, averageUtilization: currentAverageUtilization },
  }),
  external: (source) => ({
    metric: metricOf(source),
    current: { value: source.currentValue ?? noAmount, averageValue: source.currentAverageValue },
  }),
}

/** The result's parts are what was read: whether they are of the right types is not looked at. */
const read = (metric: unknown, sources: Read): Record<string, unknown> => {
  const fields = (metric ?? {}) as Record<string, OldSource | null | undefined>
  const found = Object.entries(sources).filter(([field]) => fields[field] !== undefined && fields[field] !== null)
  return { type: fields.type ?? '', ...Object.fromEntries(found.map(([field, make]) => [field, make(fields[field]!)])) }
}

export const readOldSpec = (metric: unknown) => read(metric, readSpecs)
export const readOldStatus = (metric: unknown) => read(metric, readStatuses)
