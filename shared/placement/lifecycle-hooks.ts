import type { LifecycleHook } from './cloud-event.ts'

/** Those who wait for a machine to be empty before they take it. */
export interface LifecycleHooks {
  /** Says that the machine may be taken. Of a hook that waits no more: nothing. */
  complete(hook: LifecycleHook, instanceId: string): Promise<void>
}
