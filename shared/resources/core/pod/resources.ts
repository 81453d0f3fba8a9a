import { addQuantities, compareQuantities, parseQuantity, type Quantity, zeroQuantity } from '../../../meta/quantity.ts'
import type { Container, PodSpec } from '../../generated/types.ts'

export type ResourceList = Record<string, string>

const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always'

/** Resources a pod can ask for as a whole. */
export const isPodLevelResource = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** What the containers need together: the sum of those that run side by side, or the largest init container if that is more. */
export const sumOfContainers = (spec: PodSpec, side: 'requests' | 'limits'): Map<string, Quantity> =>
  sumOver(spec, (container) =>
    Object.entries(container.resources?.[side] ?? {}).map(([name, text]) => [name, parseQuantity(text)] as const),
  )

/** The same of whatever each container counts for. */
export const sumOver = (
  spec: PodSpec,
  amounts: (container: Container) => readonly (readonly [string, Quantity])[],
): Map<string, Quantity> => {
  const total = new Map<string, Quantity>()
  const add = (sums: Map<string, Quantity>, [name, amount]: readonly [string, Quantity]) =>
    sums.set(name, addQuantities(sums.get(name) ?? zeroQuantity, amount))
  for (const container of spec.containers) for (const amount of amounts(container)) add(total, amount)

  const sidecars = new Map<string, Quantity>()
  const largest = new Map<string, Quantity>()
  for (const container of spec.initContainers ?? []) {
    const needed = new Map(sidecars)
    for (const amount of amounts(container)) {
      add(needed, amount)
      if (isSidecar(container)) {
        add(total, amount)
        add(sidecars, amount)
      }
    }
    for (const [name, amount] of needed) raise(largest, name, amount)
  }
  for (const [name, amount] of largest) raise(total, name, amount)
  return total
}

const raise = (sums: Map<string, Quantity>, name: string, amount: Quantity) => {
  const current = sums.get(name)
  if (current === undefined || compareQuantities(amount, current) > 0) sums.set(name, amount)
}

const computeResources = ['cpu', 'memory']

const positive = (list: ResourceList | undefined) =>
  Object.entries(list ?? {})
    .filter(([name]) => computeResources.includes(name))
    .map(([name, text]) => [name, parseQuantity(text)] as const)
    .filter(([, amount]) => compareQuantities(amount, zeroQuantity) > 0)

/** Guaranteed: every container has limits for cpu and memory, and requests equal to them. */
export const qosClass = (spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' => {
  const all = spec.resources
    ? [spec.resources]
    : [...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources ?? {})
  const sums = { requests: new Map<string, Quantity>(), limits: new Map<string, Quantity>() }
  let isGuaranteed = true
  for (const resources of all) {
    for (const side of ['requests', 'limits'] as const)
      for (const [name, amount] of positive(resources[side]))
        sums[side].set(name, addQuantities(sums[side].get(name) ?? zeroQuantity, amount))
    if (positive(resources.limits).length < computeResources.length) isGuaranteed = false
  }
  const { requests, limits } = sums
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const isEqual = [...requests].every(([name, amount]) => limits.has(name) && compareQuantities(limits.get(name)!, amount) === 0)
  return isGuaranteed && isEqual && requests.size === limits.size ? 'Guaranteed' : 'Burstable'
}
