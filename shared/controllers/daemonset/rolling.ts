import type { Pod } from '../../resources/resource.ts'
import { untilAvailableMs } from '../pod-state.ts'
import { isUpdated } from './daemon-pod.ts'
import { type DaemonInput, podsByTarget } from './manage.ts'
import { placementOf } from './placement.ts'
import { rollingLimits } from './rolling-limits.ts'

export interface RollingPlan {
  /** names of nodes */
  readonly create: readonly string[]
  readonly delete: readonly Pod[]
}

interface NodePods {
  readonly node: string
  /** one to run on */
  readonly runs: boolean
  /** more than one of the new or of the old: for another run, when they are one again */
  readonly crowded: boolean
  readonly fresh: Pod | undefined
  readonly old: Pod | undefined
}

/** The next step of a rolling update, when every node has what it is to have otherwise. */
export const planRolling = (input: DaemonInput): RollingPlan => {
  const { set, nodes, pods } = input
  const place = placementOf(set)
  const running = new Set(nodes.filter((node) => place(node).runs).map(({ metadata }) => metadata.name))
  const byNode = podsByTarget(pods)
  const names = [...new Set([...byNode.keys(), ...running])].sort()
  const perNode = names.map((node) => nodePods(node, byNode.get(node) ?? [], { ...input, runs: running.has(node) }))
  const { surge, unavailable } = rollingLimits(set, running.size)
  const isAvailable = (pod: Pod) => untilAvailableMs(pod, set.spec.minReadySeconds ?? 0, input.nowMs) === 0
  return surge === 0
    ? replaceOld(perNode, { unavailable, isAvailable })
    : surgeOver(perNode, { surge, isAvailable, desired: running.size })
}

const nodePods = (node: string, pods: readonly Pod[], { set, hash, runs }: DaemonInput & { runs: boolean }): NodePods => {
  const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp)
  const fresh = staying.filter((pod) => isUpdated(pod, set, hash))
  const old = staying.filter((pod) => !isUpdated(pod, set, hash))
  return { node, runs, crowded: fresh.length > 1 || old.length > 1, fresh: fresh[0], old: old[0] }
}

/** Takes old pods away: all that don't work, which costs nothing, and of the others as many as may be missing. */
const replaceOld = (
  perNode: readonly NodePods[],
  { unavailable, isAvailable }: { unavailable: number; isAvailable: (pod: Pod) => boolean },
): RollingPlan => {
  const isMissing = ({ crowded, fresh, old }: NodePods) =>
    crowded || Boolean(fresh) === Boolean(old) || !isAvailable((fresh ?? old)!)
  const isOutdated = ({ crowded, fresh, old }: NodePods) => !crowded && !fresh && old
  const missing = perNode.filter(isMissing)
  const candidates = perNode.filter((pods) => !isMissing(pods) && isOutdated(pods))
  const room = Math.max(0, unavailable - missing.length)
  return { create: [], delete: [...missing.filter(isOutdated), ...candidates.slice(0, room)].map(({ old }) => old!) }
}

/** Makes new pods beside old ones, and takes an old one away when the new one is available. */
const surgeOver = (
  perNode: readonly NodePods[],
  { surge, isAvailable, desired }: { surge: number; isAvailable: (pod: Pod) => boolean; desired: number },
): RollingPlan => {
  const orderly = perNode.filter(({ crowded }) => !crowded)
  const available = orderly.filter(({ fresh, old }) => (old ?? fresh) && isAvailable((old ?? fresh)!)).length
  const outdated = orderly.filter(({ fresh, old }) => old && !fresh)
  const doubled = orderly.filter(({ fresh, old }) => old && fresh)
  const waiting = doubled.filter(({ fresh }) => !isAvailable(fresh!))
  const broken = outdated.filter(({ old }) => !isAvailable(old!))
  const working = outdated.filter(({ old }) => isAvailable(old!))
  const room = Math.max(0, surge - waiting.length - (perNode.length - orderly.length))
  // A pod where none belongs any more stays until another does its work.
  const spare = Math.max(0, available - desired)
  const deleted = [
    ...broken.filter(({ runs }) => !runs),
    ...doubled.filter(({ fresh }) => isAvailable(fresh!)),
    ...working.filter(({ runs }) => !runs).slice(0, spare),
  ]
  const created = [...broken.filter(({ runs }) => runs), ...working.filter(({ runs }) => runs).slice(0, room)]
  return { create: created.map(({ node }) => node), delete: deleted.map(({ old }) => old!) }
}
