import type { Estimate } from '../cel.ts'
import type { Expression } from '../parse/expression.ts'
import type { CelType } from '../type.ts'

/** A part of an expression as functions' estimates see it. */
export interface Sized {
  readonly path: readonly string[] | undefined
  readonly type: CelType
  /** Undefined: an item of a list, which is no part of the expression. */
  readonly expression: Expression | undefined
  readonly size: Estimate | undefined
}

export interface CallEstimate {
  readonly cost: Estimate
  /** Of the result, where it has one. */
  readonly size?: Estimate
}

/** Sizes of what a list or a map holds. */
export interface EntrySize {
  readonly container: 'list' | 'map'
  readonly key: Estimate
  readonly value: Estimate
}

/** What calls are estimated by. */
export interface SizeSource {
  sizeOfNode(node: Sized): Estimate
  entryOf(node: Expression): EntrySize | undefined
  setEntry(node: Expression, entry: EntrySize | undefined): void
}
