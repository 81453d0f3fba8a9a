/** Numbers that somebody draws and is woken by. */
export interface Metrics {
  put(values: Readonly<Record<string, { readonly value: number; readonly unit: 'Count' | 'Seconds' }>>): void
}

/** Our own, by the names that dashboards and alarms know them by. Ten are free a month in an account, each one more is $0.30. */
export const metricNames = {
  /** pods that the scheduler found no node for */
  unschedulablePods: 'UnschedulablePods',
  nodesNotReady: 'NodesNotReady',
  /** how long a watch was open that has ended */
  watchAge: 'WatchAge',
} as const

export const metricNamespace = 'Windlass'
export const clusterDimension = 'Cluster'

/**
 * Lines that CloudWatch makes metrics of, out of a function's log: no call, and no permission.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const createEmbeddedMetrics = (options: {
  readonly clusterName: string
  readonly write: (line: string) => void
  readonly now: () => number
}): Metrics => ({
  put: (values) => {
    const Metrics = Object.entries(values).map(([Name, { unit }]) => ({ Name, Unit: unit }))
    const directive = { Namespace: metricNamespace, Dimensions: [[clusterDimension]], Metrics }
    options.write(
      JSON.stringify({
        _aws: { Timestamp: options.now(), CloudWatchMetrics: [directive] },
        [clusterDimension]: options.clusterName,
        ...Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value])),
      }),
    )
  },
})
