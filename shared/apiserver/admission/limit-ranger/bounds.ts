import { formatQuantity, parseQuantity } from '../../../meta/quantity.ts'
import { sumOfContainers } from '../../../resources/core/pod/resources.ts'
import type { LimitRangeItem, PodSpec } from '../../../resources/generated/types.ts'
import type { LimitRange, PersistentVolumeClaim, Pod } from '../../../resources/resource.ts'
import { belowMin, overMax, overMaxRequest, overRatio } from './constraint.ts'

type Amounts = Readonly<Record<string, string>>
interface Asked {
  readonly requests: Amounts
  readonly limits: Amounts
}

/** What is wrong with a pod, in upstream's words. */
export const podFindings = ({ spec }: Pod, { spec: { limits } }: LimitRange): string[] =>
  (limits ?? []).flatMap((item) => {
    if (item.type === 'Container')
      return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
        findingsOf(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
      )
    return item.type === 'Pod' ? findingsOf(item, { requests: podSum(spec, 'requests'), limits: podSum(spec, 'limits') }) : []
  })

/** Of a claim only what it asks for counts. */
export const claimFindings = ({ spec }: PersistentVolumeClaim, { spec: { limits } }: LimitRange): string[] =>
  (limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(({ type, min, max }) => {
      const requests = spec.resources?.requests ?? {}
      return [
        ...each(min, (name, bound) => belowMin({ type, name, bound, request: requests[name], limit: undefined })),
        ...each(max, (name, bound) => overMaxRequest({ type, name, bound, request: requests[name], limit: undefined })),
      ]
    })

const findingsOf = ({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, { requests, limits }: Asked): string[] => {
  const of = (name: string, bound: string) => ({ type, name, bound, request: requests[name], limit: limits[name] })
  return [
    ...each(min, (name, bound) => belowMin(of(name, bound))),
    ...each(max, (name, bound) => overMax(of(name, bound))),
    ...each(maxLimitRequestRatio, (name, bound) => overRatio(of(name, bound))),
  ]
}

const each = (bounds: Amounts | undefined, find: (name: string, bound: string) => string | undefined): string[] =>
  Object.entries(bounds ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, bound]) => find(name, bound) ?? [])

/** CPU and memory that are given for the pod as a whole stand for those of its containers. */
const podSum = (spec: PodSpec, side: 'requests' | 'limits'): Amounts => {
  const sums = Object.fromEntries([...sumOfContainers(spec, side)].map(([name, amount]) => [name, formatQuantity(amount)]))
  for (const name of ['cpu', 'memory']) {
    const whole = spec.resources?.[side]?.[name]
    if (whole !== undefined) sums[name] = formatQuantity(parseQuantity(whole))
  }
  return sums
}
