import type { CelValue } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'

/** Variables at one place of an evaluation. */
export interface Scope {
  readonly tracker: CostTracker
  /** Undefined: there is no such variable. */
  resolve(name: string): CelValue | undefined
}
