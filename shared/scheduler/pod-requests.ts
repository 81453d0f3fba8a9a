import type { Container, PodSpec } from '../resources/generated/types.ts'
import { type Amounts, amountsOf, largest, plus } from './resource-amounts.ts'

/** What containers without a request count as when nodes are ranked, so that they spread too. */
const assumed: Amounts = { cpu: 100, memory: 200 * 1024 * 1024 }

/** What a pod asks a node for: its containers and sidecars together, or the largest step of its start, and its overhead. */
export const podRequests = (spec: PodSpec): Amounts => totalOf(spec, ({ resources }) => amountsOf(resources?.requests))

/** The same with the assumed amounts where a container asks for no CPU or memory. */
export const scoringRequests = (spec: PodSpec): Amounts =>
  totalOf(spec, ({ resources }) => ({ ...assumed, ...amountsOf(resources?.requests) }))

const totalOf = (spec: PodSpec, requestsOf: (container: Container) => Amounts): Amounts => {
  let total = spec.containers.reduce<Amounts>((sum, container) => plus(sum, requestsOf(container)), {})
  let sidecars: Amounts = {}
  let starting: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(container)
    if (container.restartPolicy === 'Always') {
      total = plus(total, requests)
      sidecars = plus(sidecars, requests)
      starting = largest(starting, sidecars)
    } else starting = largest(starting, plus(sidecars, requests))
  }
  total = largest(total, starting)
  // Resources given for the whole pod stand for those of its containers.
  if (spec.resources?.requests) total = { ...total, ...amountsOf(spec.resources.requests) }
  return spec.overhead ? plus(total, amountsOf(spec.overhead)) : total
}
