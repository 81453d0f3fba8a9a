import type { Expression } from '../parse/expression.ts'
import type { CelType } from '../type.ts'

export interface CheckedExpression {
  readonly root: Expression
  /** By the ids of nodes. */
  readonly types: ReadonlyMap<number, CelType>
  readonly references: ReadonlyMap<number, Reference>
}

/** What a name or a call stands for. */
export interface Reference {
  readonly name?: string
  readonly overloads?: readonly string[]
}
