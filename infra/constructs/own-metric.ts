import { Duration } from 'aws-cdk-lib'
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { clusterDimension, metricNames, metricNamespace } from '../../shared/platform/metrics.ts'

/** What functions write into their logs for CloudWatch to count. */
export const ownMetric = (
  clusterName: string,
  name: keyof typeof metricNames,
  { statistic }: { readonly statistic: string },
): IMetric =>
  new Metric({
    namespace: metricNamespace,
    metricName: metricNames[name],
    dimensionsMap: { [clusterDimension]: clusterName },
    period: Duration.minutes(5),
    statistic,
  })
