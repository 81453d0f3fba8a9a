import type { DiscoveryV1EndpointPort, Endpoint } from '../../resources/generated/types.ts'
import type { EndpointSlice } from '../../resources/resource.ts'
import { semanticallyEqual } from '../semantic-equality.ts'

/** Endpoints that share their ports; they fill slices of their own. */
export interface EndpointGroup {
  readonly ports: readonly DiscoveryV1EndpointPort[]
  readonly endpoints: readonly Endpoint[]
}

export interface SlicePlan {
  readonly create: readonly EndpointGroup[]
  readonly update: readonly EndpointSlice[]
  readonly remove: readonly EndpointSlice[]
}

export interface PlanInput {
  /** of one address type */
  readonly groups: readonly EndpointGroup[]
  readonly existing: readonly EndpointSlice[]
  /** that every slice should have */
  readonly labels: Readonly<Record<string, string>>
  readonly maxPerSlice: number
}

/** The fewest writes that bring the slices to the wanted endpoints, without moving those that stand somewhere already. */
export const planSlices = ({ groups, existing, labels, maxPerSlice }: PlanInput): SlicePlan => {
  const byPorts = new Map<string, EndpointSlice[]>()
  for (const slice of existing) {
    const key = portsKey(slice.ports ?? [])
    byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  const create: EndpointGroup[] = []
  const update: EndpointSlice[] = []
  const remove: EndpointSlice[] = []
  for (const group of groups) {
    const key = portsKey(group.ports)
    const plan = planGroup(group, byPorts.get(key) ?? [], { labels, maxPerSlice })
    byPorts.delete(key)
    create.push(...plan.create)
    update.push(...plan.update)
    remove.push(...plan.remove)
  }
  for (const slices of byPorts.values()) remove.push(...slices)
  return recycled(withPlaceholder({ create, update, remove }, existing, labels), labels)
}

export const portsKey = (ports: readonly DiscoveryV1EndpointPort[]): string =>
  ports
    .map(({ name = '', protocol = '', port, appProtocol = '' }) => JSON.stringify([name, protocol, port, appProtocol]))
    .sort()
    .join()

/** Identity of an endpoint: its addresses may be used again by another pod. */
const endpointKey = ({ targetRef, addresses, hostname = '' }: Endpoint) =>
  `${targetRef?.uid ?? ''} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''} ${hostname} ${addresses.join()}`

const planGroup = (
  group: EndpointGroup,
  existing: readonly EndpointSlice[],
  { labels, maxPerSlice }: Pick<PlanInput, 'labels' | 'maxPerSlice'>,
): SlicePlan => {
  const wanted = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]))
  const drafts = existing.map((slice) => keepWanted(slice, wanted, labels))
  const remaining = [...wanted.values()]
  // Slices that are written anyway take the rest first.
  for (const draft of drafts)
    if (draft.changed && draft.endpoints.length)
      draft.endpoints.push(...remaining.splice(0, maxPerSlice - draft.endpoints.length))

  const create: EndpointGroup[] = []
  while (remaining.length > 0) {
    const chunk = Math.min(remaining.length, maxPerSlice)
    const target = chunk < maxPerSlice ? closestFit(drafts, chunk, maxPerSlice) : undefined
    if (target) {
      target.endpoints.push(...remaining.splice(0, chunk))
      target.changed = true
    } else create.push({ ports: group.ports, endpoints: remaining.splice(0, chunk) })
  }
  const changed = drafts.filter((draft) => draft.changed)
  return {
    create,
    update: changed.filter(({ endpoints }) => endpoints.length).map((draft) => asSlice(draft, labels)),
    remove: changed.filter(({ endpoints }) => !endpoints.length).map(({ slice }) => slice),
  }
}

interface Draft {
  readonly slice: EndpointSlice
  readonly endpoints: Endpoint[]
  changed: boolean
}

/** What of a slice stays, taken out of `wanted`. */
const keepWanted = (slice: EndpointSlice, wanted: Map<string, Endpoint>, labels: Readonly<Record<string, string>>): Draft => {
  const endpoints: Endpoint[] = []
  let changed = !semanticallyEqual(slice.metadata.labels, labels)
  for (const endpoint of slice.endpoints ?? []) {
    const now = wanted.get(endpointKey(endpoint))
    if (!now) changed = true
    else {
      wanted.delete(endpointKey(endpoint))
      changed ||= !semanticallyEqual(now, endpoint)
      endpoints.push(now)
    }
  }
  return { slice, endpoints, changed: changed || endpoints.length === 0 }
}

const closestFit = (drafts: readonly Draft[], count: number, maxPerSlice: number): Draft | undefined => {
  let best: Draft | undefined
  for (const draft of drafts) {
    const size = draft.endpoints.length
    if (size > 0 && size + count <= maxPerSlice && (!best || size > best.endpoints.length)) best = draft
  }
  return best
}

const asSlice = ({ slice, endpoints }: Draft, labels: Readonly<Record<string, string>>): EndpointSlice => ({
  ...slice,
  metadata: { ...slice.metadata, labels: { ...labels } },
  endpoints,
})

/** A Service always has a slice: an empty one tells its consumers that nothing is missing. */
const withPlaceholder = (
  plan: SlicePlan,
  existing: readonly EndpointSlice[],
  labels: Readonly<Record<string, string>>,
): SlicePlan => {
  if (plan.create.length > 0 || plan.remove.length < existing.length) return plan
  const placeholder = plan.remove.find(
    (slice) => !slice.endpoints?.length && !slice.ports?.length && semanticallyEqual(slice.metadata.labels, labels),
  )
  if (placeholder) return { ...plan, remove: plan.remove.filter((slice) => slice !== placeholder) }
  return { ...plan, create: [{ ports: [], endpoints: [] }] }
}

/** A slice that would go takes the content of one that would come: one write, and never a moment with both. */
const recycled = ({ create, update, remove }: SlicePlan, labels: Readonly<Record<string, string>>): SlicePlan => {
  const reused = remove.slice(0, create.length).map((slice, index): EndpointSlice => {
    const { endpoints, ports } = create[index]!
    return { ...slice, metadata: { ...slice.metadata, labels: { ...labels } }, endpoints: [...endpoints], ports: [...ports] }
  })
  return { create: create.slice(reused.length), update: [...update, ...reused], remove: remove.slice(reused.length) }
}
