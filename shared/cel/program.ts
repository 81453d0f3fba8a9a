import type { CheckedExpression } from './check/checked.ts'
import type { Environment } from './environment.ts'
import type { Step } from './evaluate/step.ts'
import type { CelType } from './type.ts'

/** A checked expression. Immutable; it may be kept by the text and the environment that it was compiled in. */
export interface Program {
  readonly expression: string
  /** The type of the result, `dyn` where it is known at run time only. */
  readonly type: CelType
  readonly checked: CheckedExpression
  readonly environment: Environment
  readonly root: Step
}
