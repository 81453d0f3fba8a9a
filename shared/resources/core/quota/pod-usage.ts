import { addQuantities, compareQuantities, parseQuantity, type Quantity, zeroQuantity } from '../../../meta/quantity.ts'
import type { Container, PodAffinityTerm, PodSpec } from '../../generated/types.ts'
import type { Pod } from '../../resource.ts'
import { isPodLevelResource, qosClass, sumOver } from '../pod/resources.ts'
import { isExtended, isHugePages, isNative } from '../pod/validation/resource-amount.ts'
import type { Amounts } from './amounts.ts'
import { isChosen, type QuotaEvaluator } from './evaluator.ts'

const one = parseQuantity('1')
const computeNames = ['cpu', 'memory', 'ephemeral-storage']
const names = ['count/pods', 'pods', ...computeNames.flatMap((name) => [name, `requests.${name}`, `limits.${name}`])]
/** What every container must say itself, where a quota has it. */
const required = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']

/** Pods, as long as they run, and what they ask for. */
export const podUsage: QuotaEvaluator = {
  tracks: (name) =>
    names.includes(name) || /^(requests\.)?hugepages-/.test(name) || (name.startsWith('requests.') && isForeign(name)),
  usage: (object, nowMs) => {
    const pod = object as Pod
    const counted: Amounts = new Map([['count/pods', one]])
    if (!isCharged(pod, nowMs)) return counted
    return new Map([...counted, ...computeUsage(totalOf(pod, 'requests'), totalOf(pod, 'limits'))])
  },
  matchesScope: (requirement, object) => {
    const { spec, status } = object as Pod
    const qos = () => status?.qosClass ?? qosClass(spec)
    switch (requirement.scopeName) {
      case 'Terminating':
        return isTerminating(spec)
      case 'NotTerminating':
        return !isTerminating(spec)
      case 'BestEffort':
        return qos() === 'BestEffort'
      case 'NotBestEffort':
        return qos() !== 'BestEffort'
      case 'PriorityClass':
        return isChosen(requirement, spec.priorityClassName || undefined)
      case 'CrossNamespacePodAffinity':
        return looksIntoOtherNamespaces(spec)
      default:
        return false
    }
  },
  missing: (tracked, object) => {
    const { spec } = object as Pod
    const whole = Object.keys({ ...spec.resources?.requests, ...spec.resources?.limits })
    if (whole.some(isPodLevelResource)) return undefined
    const wanted = tracked.filter((name) => required.includes(name)).sort()
    const silent = wanted.flatMap((name) => {
      const containers = [...spec.containers, ...(spec.initContainers ?? [])].filter((container) => !says(container, name))
      return containers.length === 0 ? [] : `${name} for: ${[...new Set(containers.map((one) => one.name))].sort().join(',')}`
    })
    return silent.length === 0 ? undefined : `must specify ${silent.join('; ')}`
  },
  chargesUpdate: (subresource, object, old) =>
    subresource === 'resize' || (subresource === '' && isTerminating((object as Pod).spec) !== isTerminating((old as Pod).spec)),
  mayChangeUse: (object, old) => {
    const [now, before] = [object as Pod, old as Pod]
    return (
      now.status?.phase !== before.status?.phase ||
      now.spec.activeDeadlineSeconds !== before.spec.activeDeadlineSeconds ||
      now.metadata.deletionTimestamp !== before.metadata.deletionTimestamp ||
      now.metadata.deletionGracePeriodSeconds !== before.metadata.deletionGracePeriodSeconds ||
      showsResources(now) ||
      showsResources(before)
    )
  },
}

/** what its node has given it */
const showsResources = ({ status }: Pod): boolean =>
  [status?.containerStatuses, status?.initContainerStatuses].some((all) => all?.some(({ resources }) => resources !== undefined))

/** of a device that a driver offers, under a name of its own or by its class */
const devices = 'deviceclass.resource.kubernetes.io/'
const isForeign = (name: string) => !isNative(name) || name.startsWith(`requests.${devices}`)

const isTerminating = ({ activeDeadlineSeconds }: PodSpec): boolean => (activeDeadlineSeconds ?? -1) >= 0

/** Until it has ended, or should have: a node that is lost keeps nobody from having another pod. */
const isCharged = ({ metadata, status }: Pod, nowMs: number): boolean => {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false
  const dueMs = chargedUntilMs(metadata)
  return dueMs === undefined || nowMs < dueMs
}

/** of a pod that is being deleted */
export const chargedUntilMs = ({ deletionTimestamp, deletionGracePeriodSeconds }: Pod['metadata']): number | undefined =>
  deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined
    ? undefined
    : Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000

const says = ({ resources }: Container, name: string): boolean => {
  const [side, resource] = name.includes('.') ? name.split('.') : ['requests', name]
  return resources?.[side as 'requests' | 'limits']?.[resource!] !== undefined
}

const computeUsage = (requests: Amounts, limits: Amounts): Amounts => {
  const usage = new Map([['pods', one]])
  for (const name of computeNames) {
    const [request, limit] = [requests.get(name), limits.get(name)]
    if (request) usage.set(name, request).set(`requests.${name}`, request)
    if (limit) usage.set(`limits.${name}`, limit)
  }
  for (const [name, request] of requests) {
    if (isHugePages(name)) usage.set(name, request)
    if (isHugePages(name) || isExtended(name) || name.startsWith(devices)) usage.set(`requests.${name}`, request)
  }
  return usage
}

type Side = 'requests' | 'limits'
type Texts = Readonly<Record<string, string>>

/** What a pod asks for, and what its node has given it, if that is more. */
const totalOf = (pod: Pod, side: Side): Amounts => {
  const { spec } = pod
  const total = new Map(sumOver(spec, (container) => effective(pod, container, side)))
  for (const [name, text] of Object.entries(spec.resources?.[side] ?? {}))
    if (isPodLevelResource(name)) total.set(name, parseQuantity(text))
  for (const [name, text] of Object.entries(spec.overhead ?? {})) {
    const amount = total.get(name)
    // a pod without a limit has none with its overhead either
    if (side === 'limits' && !amount?.nano) continue
    total.set(name, addQuantities(amount ?? zeroQuantity, parseQuantity(text)))
  }
  return total
}

const effective = ({ spec, status }: Pod, container: Container, side: Side): [string, Quantity][] => {
  const isInit = spec.initContainers?.includes(container) === true
  const statuses = isInit ? status?.initContainerStatuses : status?.containerStatuses
  const actual =
    isInit && container.restartPolicy !== 'Always' ? undefined : statuses?.find(({ name }) => name === container.name)
  const wanted = container.resources?.[side]
  if (!actual?.resources) return most(wanted)
  const given = side === 'requests' ? [actual.resources.requests, actual.allocatedResources] : [actual.resources.limits]
  const isInfeasible = status?.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible')
  return isInfeasible ? most(...given) : most(wanted, ...given)
}

const most = (...lists: readonly (Texts | undefined)[]): [string, Quantity][] => {
  const largest = new Map<string, Quantity>()
  for (const list of lists)
    for (const [name, text] of Object.entries(list ?? {})) {
      const amount = parseQuantity(text)
      if (!largest.has(name) || compareQuantities(amount, largest.get(name)!) > 0) largest.set(name, amount)
    }
  return [...largest]
}

const looksIntoOtherNamespaces = ({ affinity }: PodSpec): boolean =>
  [affinity?.podAffinity, affinity?.podAntiAffinity].some((kind) =>
    [
      ...(kind?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(kind?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
    ].some(({ namespaces, namespaceSelector }: PodAffinityTerm) => namespaces?.length || namespaceSelector),
  )
