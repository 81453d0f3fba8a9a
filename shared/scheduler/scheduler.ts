import type { Cache } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../controllers/controller.ts'
import { resourceName } from '../meta/object.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import { type Node, nodes, type Pod, pods } from '../resources/resource.ts'
import { applyDecision } from './apply-decision.ts'
import { ClusterState } from './cluster-state.ts'
import { decide } from './decide.ts'
import type { Plugins } from './group-evaluation.ts'
import { filterPlugins, scorePlugins } from './plugins/index.ts'
import { createPodInfo } from './pod-info.ts'
import type { SchedulerChange } from './scheduler-change.ts'
import { claimsName, classesName, helpedByVolumes, volumesName } from './volume-concern.ts'
import { WaitingPods } from './waiting-pods.ts'

export interface SchedulerOptions {
  readonly client: Client
  readonly cache: Cache
  readonly clock: Clock
  readonly log: Logger
  /** of `default-scheduler` */
  readonly events: EventRecorder
  readonly name?: string
  readonly plugins?: Plugins
  readonly random?: () => number
  /** pods decided on together; default 256 */
  readonly batch?: number
}

export interface Scheduler {
  /** Begins anew from the cache: at the start, and when changes were lost. Pods that wait keep their back-off. */
  load(): void
  observe(change: SchedulerChange): void
  /** Decides on what is ready and carries it out; answers after how many milliseconds there is more to do (undefined: when something changes). */
  run(): Promise<number | undefined>
}

const podsName = resourceName(pods.group, pods.resource)
const nodesName = resourceName(nodes.group, nodes.resource)

/** What it is to be told of. */
export const schedulerResources: ReadonlySet<string> = new Set([podsName, nodesName, claimsName, volumesName, classesName])

export const createScheduler = (options: SchedulerOptions): Scheduler => {
  const { client, cache, clock, log, events, name = 'default-scheduler', random = Math.random, batch = 256 } = options
  const { plugins = { filters: filterPlugins, scores: scorePlugins } } = options
  const state = new ClusterState(cache)
  const waiting = new WaitingPods()

  const observePod = (pod: Pod | undefined, previous: Pod | undefined) => {
    const uid = (pod ?? previous)?.metadata.uid ?? ''
    if (pod && wantsNode(pod, name)) waiting.set(createPodInfo(pod), clock.now())
    else waiting.remove(uid)
    if (pod) state.setPod(pod)
    else state.removePod(uid)
    if (mayHelp(pod, previous)) waiting.unpark()
  }
  const observeNode = (node: Node | undefined, previous: Node | undefined) => {
    if (node) state.setNode(node)
    else if (previous) state.removeNode(previous.metadata.name)
    if (node && nodeMayHelp(node, previous)) waiting.unpark()
  }

  return {
    load: () => {
      state.load(cache)
      const wanting = cache.list(pods).filter((pod) => wantsNode(pod, name))
      waiting.retain(new Set(wanting.map(({ metadata }) => metadata.uid ?? '')))
      for (const pod of wanting) waiting.set(createPodInfo(pod), clock.now())
      waiting.unpark()
    },
    observe: ({ resource, object, previous }) => {
      if (resource === podsName) observePod(object as Pod | undefined, previous as Pod | undefined)
      else if (resource === nodesName) observeNode(object as Node | undefined, previous as Node | undefined)
      else {
        const helps = helpedByVolumes({ resource, object, previous })
        if (helps) waiting.unpark(helps)
      }
    },
    run: async () => {
      await cache.sync()
      const ready = waiting.take(batch, clock.now())
      if (ready.length) {
        const decisions = decide({ snapshot: state.snapshot(), pods: ready, nominated: waiting.nominated(), plugins, random })
        // Parked before the writes: what changes meanwhile must find them so.
        for (const decision of decisions) {
          const { uid } = decision.pod
          if (decision.node === undefined) waiting.failed(uid, clock.now())
          else if (decision.volumes) waiting.hold(uid, clock.now())
        }
        await Promise.all(
          decisions.map(async (decision) => {
            try {
              await applyDecision(decision, { client, clock, events })
            } catch (error) {
              log.debug('could not carry a decision out, will retry', { pod: decision.pod.pod.metadata.name, error })
              waiting.failed(decision.pod.uid, clock.now())
              waiting.unpark()
            }
          }),
        )
        await cache.sync()
      }
      return waiting.untilNextMs(clock.now())
    },
  }
}

export const wantsNode = ({ metadata, spec, status }: Pod, name: string): boolean =>
  !spec.nodeName &&
  !metadata.deletionTimestamp &&
  (spec.schedulerName ?? 'default-scheduler') === name &&
  !spec.schedulingGates?.length &&
  status?.phase !== 'Succeeded' &&
  status?.phase !== 'Failed'

/** Room was freed, or a placed pod is new or has other labels, which affinity may have waited for. */
export const mayHelp = (pod: Pod | undefined, previous: Pod | undefined): boolean => {
  if (!pod) return Boolean(previous?.spec.nodeName)
  if (!pod.spec.nodeName) return false
  return (
    !previous?.spec.nodeName ||
    pod.status?.phase !== previous.status?.phase ||
    pod.metadata.generation !== previous.metadata.generation ||
    JSON.stringify(pod.metadata.labels) !== JSON.stringify(previous.metadata.labels)
  )
}

export const nodeMayHelp = (node: Node, previous: Node | undefined): boolean => {
  const view = ({ metadata, spec, status }: Node) =>
    JSON.stringify([metadata.labels, spec.taints, spec.unschedulable, status?.allocatable])
  return !previous || view(node) !== view(previous)
}
