import type { Controller } from '../../shared/controllers/controller.ts'
import { createMovedAutoscalers } from '../../shared/dispatch/moved-autoscalers.ts'
import type { Resync } from '../../shared/dispatch/resync.ts'
import { findSilentNodes } from '../../shared/dispatch/silent-nodes.ts'
import type { NodeGroup } from '../../shared/node-group/node-group.ts'
import { scaleNodes } from '../../shared/node-group/scale-nodes.ts'
import type { Placement } from '../../shared/placement/placement.ts'
import { sweepPlacement } from '../../shared/placement/sweep.ts'
import type { Metrics } from '../../shared/platform/metrics.ts'
import type { WorkQueues } from '../../shared/queue/work-queues.ts'
import type { Heartbeats } from '../../shared/storage/heartbeats.ts'
import type { Triggers } from '../../shared/triggers/triggers.ts'
import { wakeTriggers } from '../../shared/triggers/wake.ts'
import type { AwsCluster } from './aws.ts'
import { measure } from './measure.ts'
import { clerkOf, resyncOf } from './workers.ts'

interface Recurrence {
  readonly everyMinutes: number
  /** there is nothing to do in a cluster that is new */
  readonly waitsAtFirst?: true
}

/** What `clock` does, and how often. A schedule of EventBridge wakes it every minute; it knows itself what is due. */
const clockTasks: Readonly<Record<ClockTask, Recurrence>> = {
  /** nodes that went silent, autoscalers with something to do, objects whose time has come, how many nodes there should be */
  tick: { everyMinutes: 1 },
  /** what is held on machines against what should be */
  sweep: { everyMinutes: 5 },
  /** everything is looked at again: events get lost */
  resync: { everyMinutes: 60 },
  /** values get the newest data key */
  reencrypt: { everyMinutes: 60 },
  /** values of Secrets outside of the table to which nothing refers */
  sweepVault: { everyMinutes: 24 * 60, waitsAtFirst: true },
  /** a new data key */
  rotateKeys: { everyMinutes: 30 * 24 * 60, waitsAtFirst: true },
}

type ClockTask = 'tick' | 'sweep' | 'resync' | 'reencrypt' | 'sweepVault' | 'rotateKeys'

/** The schedule rings a little early or late. */
const slackMs = 30_000

export interface ClockParts {
  readonly controllers: readonly Controller[]
  readonly placement: Placement
  readonly queues: WorkQueues
  readonly triggers: Triggers
  readonly group: NodeGroup
  readonly metrics: Metrics
  /** values of Secrets outside of the table to which nothing refers */
  sweepVault(): Promise<void>
  /** when each task was last done */
  readonly record: Pick<Heartbeats, 'all' | 'record'>
}

/** Does what is due at `timeMs`; what fails is due again the next time. One task that fails keeps no other from being done; then it throws. */
export const runDueTasks = (cluster: AwsCluster, parts: ClockParts): ((timeMs: number) => Promise<void>) => {
  const findMovedAutoscalers = createMovedAutoscalers({ ...cluster, ...parts })
  const resync = resyncOf(cluster, parts.controllers, parts.queues)
  const run: Readonly<Record<ClockTask, (cause: string) => Promise<unknown>>> = {
    tick: (cause) =>
      Promise.all([
        findSilentNodes({ ...cluster, ...parts }),
        findMovedAutoscalers(),
        cluster.removeExpired(),
        beginCluster(cluster, resync, cause),
        tendNodes(cluster, parts),
      ]),
    sweep: (cause) => sweepPlacement({ ...cluster, ...parts }, cause),
    resync,
    reencrypt: () => cluster.reencrypt(),
    sweepVault: () => parts.sweepVault(),
    rotateKeys: () => cluster.rotateKeys(),
  }
  const { record } = parts
  // Who remembers that nothing is due need not ask; another process may have done what seems to be.
  let known: ReadonlyMap<string, number> = new Map()
  const recall = async (timeMs: number) => {
    if (dueTasks(timeMs, known).some((task) => task !== 'tick')) known = await record.all()
    const begun = tasks.filter((task) => clockTasks[task].waitsAtFirst && !known.has(task)).map((task) => [task, timeMs] as const)
    if (begun.length > 0) await note(new Map(begun))
  }
  const note = async (done: ReadonlyMap<string, number>) => {
    await record.record(done)
    known = new Map([...known, ...done])
  }
  const perform = async (task: ClockTask, timeMs: number) => {
    await run[task](`${task} ${timeMs}`)
    if (task !== 'tick') await note(new Map([[task, timeMs]]))
  }
  return async (timeMs) => {
    await recall(timeMs)
    const results = await Promise.allSettled(dueTasks(timeMs, known).map((task) => perform(task, timeMs)))
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

const tasks = Object.keys(clockTasks) as ClockTask[]

/** Pure. By when each was last done, not by the minute's number: one that fails or comes late skips nothing. */
export const dueTasks = (timeMs: number, done: ReadonlyMap<string, number>): ClockTask[] =>
  tasks.filter((task) => {
    const lastMs = done.get(task)
    return task === 'tick' || lastMs === undefined || timeMs - lastMs >= clockTasks[task].everyMinutes * 60_000 - slackMs
  })
