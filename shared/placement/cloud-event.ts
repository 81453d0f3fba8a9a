import type { PodIdentity } from './placement.ts'

/** What happened to machines and to what is held on them, in no provider's words. */
export type CloudEvent =
  | { readonly type: 'roomChanged'; readonly pod: PodIdentity }
  /** the machine takes nothing new and is to be emptied */
  | {
      readonly type: 'machineEnding'
      readonly machine: Machine
      readonly reason: string
      readonly hook?: LifecycleHook | undefined
    }
  | { readonly type: 'machineGone'; readonly machine: Machine }

/** By one of its names. */
export interface Machine {
  readonly instanceId?: string | undefined
  /** as in the node's annotation */
  readonly host?: string | undefined
}

/** Somebody waits for the machine to be empty before it is taken. */
export interface LifecycleHook {
  readonly group: string
  readonly hook: string
  readonly token: string
}
