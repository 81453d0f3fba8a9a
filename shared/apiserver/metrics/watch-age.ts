import { type Metrics, metricNames } from '../../platform/metrics.ts'
import type { RequestObserver } from '../observer.ts'

/** How long watches are open: on AWS each keeps one process of a function. */
export const createWatchAge = (metrics: Metrics): RequestObserver => ({
  answered: () => undefined,
  ended: ({ info, receivedMs }, atMs) => {
    if (info.verb !== 'watch') return
    metrics.put({ [metricNames.watchAge]: { value: (atMs - receivedMs) / 1000, unit: 'Seconds' } })
  },
})
