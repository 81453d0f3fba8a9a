import type { Controller } from '../../shared/controllers/controller.ts'
import { findSilentNodes } from '../../shared/dispatch/silent-nodes.ts'
import type { Placement } from '../../shared/placement/placement.ts'
import { sweepPlacement } from '../../shared/placement/sweep.ts'
import type { WorkQueues } from '../../shared/queue/work-queues.ts'
import type { ClockTask } from '../environment.ts'
import type { AwsCluster } from './aws.ts'
import { resyncOf } from './workers.ts'

export const clockTasksOf = (
  cluster: AwsCluster,
  parts: { readonly controllers: readonly Controller[]; readonly placement: Placement; readonly queues: WorkQueues },
): Readonly<Record<ClockTask, () => Promise<void>>> => {
  const { clock } = cluster
  const resync = resyncOf(cluster, parts.controllers, parts.queues)
  return {
    tick: async () => {
      await Promise.all([findSilentNodes({ ...cluster, ...parts }), cluster.removeExpired()])
    },
    sweep: () => sweepPlacement({ ...cluster, ...parts }, `sweep ${clock.now()}`),
    resync: () => resync(String(clock.now())),
    rotateKeys: () => cluster.rotateKeys(),
  }
}
