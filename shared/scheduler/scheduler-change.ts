import type { KubeObject } from '../meta/object.ts'

/** A change as the scheduler is told of it; `object` undefined: deleted. */
export interface SchedulerChange {
  /** as in ObjectKey */
  readonly resource: string
  readonly object: KubeObject | undefined
  readonly previous: KubeObject | undefined
}
