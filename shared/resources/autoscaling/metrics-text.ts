import type { V2MetricSpec, V2MetricStatus, V2MetricTarget, V2MetricValueStatus } from '../generated/types.ts'

const unknown = '<unknown>'
const maxShown = 2

/** What is not set, as Go prints it. */
const amount = (value: string | number | undefined) => (value === undefined ? '<nil>' : String(value))

const ofObject = (target: V2MetricTarget | undefined, current: V2MetricValueStatus | undefined): string =>
  target?.averageValue === undefined
    ? `${current ? amount(current.value) : unknown}/${amount(target?.value)}`
    : `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`

const ofResource = (
  name: string | undefined,
  target: V2MetricTarget | undefined,
  current: V2MetricValueStatus | undefined,
): string => {
  if (target?.averageValue !== undefined) {
    return `${name}: ${current ? amount(current.averageValue) : unknown}/${target.averageValue}`
  }
  const percent = (value: number | undefined, otherwise: string) => (value === undefined ? otherwise : `${value}%`)
  return `${name}: ${percent(current?.averageUtilization, unknown)}/${percent(target?.averageUtilization, '<auto>')}`
}

const textOf = (metric: V2MetricSpec, status: V2MetricStatus | undefined): string => {
  const { external, pods, object, resource, containerResource } = metric
  switch (metric.type) {
    case 'External':
      return ofObject(external?.target, status?.external?.current)
    case 'Object':
      return ofObject(object?.target, status?.object?.current)
    case 'Pods':
      return `${status?.pods ? amount(status.pods.current?.averageValue) : unknown}/${amount(pods?.target?.averageValue)}`
    case 'Resource':
      return ofResource(resource?.name, resource?.target, status?.resource?.current)
    case 'ContainerResource':
      return ofResource(containerResource?.name, containerResource?.target, status?.containerResource?.current)
    default:
      return '<unknown type>'
  }
}

/** Of each metric what is and what is wanted. */
export const metricsText = (metrics: readonly V2MetricSpec[], statuses: readonly V2MetricStatus[]): string => {
  if (metrics.length === 0) return '<none>'
  const texts = metrics
    .slice(0, maxShown)
    .map((metric, index) => textOf(metric, statuses[index]))
    .join(', ')
  return metrics.length > maxShown ? `${texts} + ${metrics.length - maxShown} more...` : texts
}
