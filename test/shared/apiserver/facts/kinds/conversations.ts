import { autoscaling } from './autoscaling.ts'
import { batch } from './batch.ts'
import type { Said } from './conversation.ts'
import { networking } from './networking.ts'
import { policy } from './policy.ts'
import { rbac } from './rbac.ts'
import { workloads } from './workloads.ts'

/** By the file that has the answers. */
export const conversations: Readonly<Record<string, readonly Said[]>> = {
  autoscaling,
  batch,
  networking,
  policy,
  rbac,
  workloads,
}
