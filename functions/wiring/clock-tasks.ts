import type { Controller } from '../../shared/controllers/controller.ts'
import type { Resync } from '../../shared/dispatch/resync.ts'
import { findSilentNodes } from '../../shared/dispatch/silent-nodes.ts'
import type { NodeGroup } from '../../shared/node-group/node-group.ts'
import { scaleNodes } from '../../shared/node-group/scale-nodes.ts'
import type { Placement } from '../../shared/placement/placement.ts'
import { sweepPlacement } from '../../shared/placement/sweep.ts'
import type { Metrics } from '../../shared/platform/metrics.ts'
import type { WorkQueues } from '../../shared/queue/work-queues.ts'
import type { Triggers } from '../../shared/triggers/triggers.ts'
import { wakeTriggers } from '../../shared/triggers/wake.ts'
import type { AwsCluster } from './aws.ts'
import { measure } from './measure.ts'
import { clerkOf, resyncOf } from './workers.ts'

/** What `clock` does, and how often. A schedule of EventBridge wakes it every minute; it knows itself what is due. */
const clockTasks = {
  /** nodes that went silent, objects whose time has come, how many nodes there should be */
  tick: { everyMinutes: 1 },
  /** what is held on machines against what should be */
  sweep: { everyMinutes: 5 },
  /** everything is looked at again: events get lost */
  resync: { everyMinutes: 60 },
  /** values get the newest data key */
  reencrypt: { everyMinutes: 60 },
  /** a new data key */
  rotateKeys: { everyMinutes: 30 * 24 * 60 },
} as const

type ClockTask = keyof typeof clockTasks

export interface ClockParts {
  readonly controllers: readonly Controller[]
  readonly placement: Placement
  readonly queues: WorkQueues
  readonly triggers: Triggers
  readonly group: NodeGroup
  readonly metrics: Metrics
}

/** Does what is due in the minute of `timeMs`. One task that fails keeps no other from being done; then it throws. */
export const runDueTasks = (cluster: AwsCluster, parts: ClockParts): ((timeMs: number) => Promise<void>) => {
  const resync = resyncOf(cluster, parts.controllers, parts.queues)
  const run: Readonly<Record<ClockTask, (cause: string) => Promise<unknown>>> = {
    tick: (cause) =>
      Promise.all([
        findSilentNodes({ ...cluster, ...parts }),
        cluster.removeExpired(),
        beginCluster(cluster, resync, cause),
        tendNodes(cluster, parts),
      ]),
    sweep: (cause) => sweepPlacement({ ...cluster, ...parts }, cause),
    resync,
    reencrypt: () => cluster.reencrypt(),
    rotateKeys: () => cluster.rotateKeys(),
  }
  return async (timeMs) => {
    const results = await Promise.allSettled(dueTasks(timeMs).map((task) => run[task](`${task} ${timeMs}`)))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    if (errors.length > 0) throw new AggregateError(errors, `the clock's tasks failed: ${errors.map(String).join('; ')}`)
  }
}

/** Nothing has happened yet that would make what every cluster has. */
const beginCluster = async ({ store }: Pick<AwsCluster, 'store'>, resync: Resync, cause: string): Promise<void> => {
  if (!(await store.get({ resource: 'namespaces', namespace: '', name: 'kube-system' }))) await resync(cause)
}

/** First those who work for nodes, so that they are awake when one comes. */
const tendNodes = async (cluster: AwsCluster, { triggers, group, metrics }: ClockParts): Promise<void> => {
  const state = await group.describe()
  await wakeTriggers({ ...cluster, triggers, machinesWanted: state?.desired ?? 0 })
  await measure(cluster, metrics)
  await scaleNodes({ ...clerkOf(cluster), group }, state)
}

/** Pure. Counted from the epoch, so that it needs no memory. */
export const dueTasks = (timeMs: number): ClockTask[] => {
  const minute = Math.floor(timeMs / 60_000)
  return (Object.keys(clockTasks) as ClockTask[]).filter((task) => minute % clockTasks[task].everyMinutes === 0)
}
