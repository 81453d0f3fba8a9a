import type { Pod } from '../../resources/resource.ts'
import { isPodReady } from '../pod-state.ts'
import { groupPods } from './pod-groups.ts'
import { requestsOf } from './requested.ts'
import { MetricFailure, type PodSamples, sumOf } from './samples.ts'
import { isWithin, type Tolerances } from './tolerance.ts'

/** What a metric proposes. */
export interface Proposal {
  readonly replicas: number
  /** in thousandths: the average of a pod, or of all together where the metric is one value */
  readonly usageMilli: number
  /** percent of what is asked for */
  readonly utilization?: number
}

/** What proposals are made from. */
export interface Surroundings {
  /** as the target's scale has them */
  readonly specReplicas: number
  readonly statusReplicas: number
  /** those that the target's selector matches */
  readonly pods: readonly Pod[]
  readonly tolerances: Tolerances
  readonly nowMs: number
}

const mostReplicas = 2 ** 31 - 1
const asReplicas = (value: number): number => Math.min(Math.ceil(value), mostReplicas)

/** By the share of what the pods ask for that they use. Throws MetricFailure, as all below. */
export const byUtilization = (
  samples: PodSamples,
  { target, resource, container }: { readonly target: number; readonly resource: string; readonly container: string },
  around: Surroundings,
): Proposal => {
  let requests: ReadonlyMap<string, number> = new Map()
  const measured = (milli: ReadonlyMap<string, number>) => {
    const known = [...milli].filter(([name]) => requests.has(name))
    const total = sumOf(known.map(([, value]) => value))
    const asked = sumOf(known.map(([name]) => requests.get(name)!))
    if (asked === 0) throw new MetricFailure('no metrics returned matched known pods')
    const utilization = Math.trunc((total * 100) / asked)
    return { ratio: utilization / target, utilization, usageMilli: Math.trunc(total / known.length) }
  }
  return byPods(samples, around, {
    isCpu: resource === 'cpu',
    begin: () => {
      requests = requestsOf(around.pods, resource, container)
    },
    measured,
    // with a target above all that is asked for, as much as the target
    assumed: (name) => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, target)) / 100),
  })
}

/** By what a pod uses on average. */
export const byAverage = (
  samples: PodSamples,
  { targetMilli, resource }: { readonly targetMilli: number; readonly resource?: string },
  around: Surroundings,
): Proposal =>
  byPods(samples, around, {
    isCpu: resource === 'cpu',
    measured: (milli) => {
      const usageMilli = Math.trunc(sumOf(milli.values()) / milli.size)
      return { ratio: usageMilli / targetMilli, usageMilli }
    },
    assumed: () => targetMilli,
  })

interface PodMetric {
  readonly isCpu: boolean
  /** once it is known that there is something to measure */
  readonly begin?: () => void
  readonly measured: (milli: ReadonlyMap<string, number>) => Omit<Proposal, 'replicas'> & { readonly ratio: number }
  /** of a pod that says nothing, when others use little: nobody is taken away by mistake */
  readonly assumed: (name: string) => number
}

const byPods = (samples: PodSamples, around: Surroundings, metric: PodMetric): Proposal => {
  const { pods, specReplicas, tolerances, nowMs } = around
  if (pods.length === 0) throw new MetricFailure('no pods returned by selector while calculating replica count')
  const { readyCount, unready, missing, ignored } = groupPods(pods, samples, { isCpu: metric.isCpu, nowMs })
  const usable = [...samples].filter(([name]) => !ignored.has(name) && !unready.has(name))
  if (usable.length === 0) throw new MetricFailure('did not receive metrics for targeted pods (pods might be unready)')
  metric.begin?.()
  const milli = new Map(usable.map(([name, sample]) => [name, sample.milli]))
  const { ratio, ...shown } = metric.measured(milli)
  const grows = ratio > 1
  const countsUnready = unready.size > 0 && grows
  if (!countsUnready && missing.size === 0) {
    return { replicas: isWithin(tolerances, ratio) ? specReplicas : asReplicas(ratio * readyCount), ...shown }
  }
  if (ratio < 1) for (const name of missing) milli.set(name, metric.assumed(name))
  else if (grows) for (const name of missing) milli.set(name, 0)
  if (countsUnready) for (const name of unready) milli.set(name, 0)
  const again = metric.measured(milli).ratio
  const turns = (ratio < 1 && again > 1) || (grows && again < 1)
  const replicas = asReplicas(again * milli.size)
  const contradicts = (again < 1 && replicas > specReplicas) || (again > 1 && replicas < specReplicas)
  return { replicas: isWithin(tolerances, again) || turns || contradicts ? specReplicas : replicas, ...shown }
}

/** By one value, for all that is there together. */
export const byValue = (usageMilli: number, targetMilli: number, around: Surroundings): Proposal => {
  const { specReplicas, tolerances, pods } = around
  const ratio = usageMilli / targetMilli
  // none there: as many as there are targets in it, or none
  if (specReplicas === 0) return { replicas: asReplicas(ratio), usageMilli }
  if (isWithin(tolerances, ratio)) return { replicas: specReplicas, usageMilli }
  if (pods.length === 0)
    throw new MetricFailure('unable to calculate ready pods: no pods returned by selector while calculating replica count')
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod)).length
  return { replicas: asReplicas(ratio * ready), usageMilli }
}

/** By one value, of which each replica has its share. */
export const byShare = (usageMilli: number, targetMilli: number, { statusReplicas, tolerances }: Surroundings): Proposal => {
  const keeps = isWithin(tolerances, usageMilli / (targetMilli * statusReplicas))
  return {
    replicas: keeps ? statusReplicas : asReplicas(usageMilli / targetMilli),
    // where nobody has a share, nobody's is told
    usageMilli: statusReplicas === 0 ? usageMilli : Math.ceil(usageMilli / statusReplicas),
  }
}
