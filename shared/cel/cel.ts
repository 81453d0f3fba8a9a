import type { Macro } from './parse/macro.ts'
import type { CelType } from './type.ts'
import type { CelValue } from './value/value.ts'

/** Types of objects that an expression may select fields of, by the type's name. */
export interface StructTypes {
  /** Undefined: no type of that name. */
  find(name: string): StructDeclaration | undefined
}

export interface StructDeclaration {
  readonly type: CelType
  /** Names as an expression writes them (escaped). */
  readonly fields: ReadonlyMap<string, CelType>
}

/** What an expression may name. Made by `createEnvironment`, kept and shared: it holds no state of an evaluation. */
export interface EnvironmentOptions {
  /** Variables by name, each with its declared type. */
  readonly variables?: Readonly<Record<string, CelType>>
  readonly structs?: StructTypes
  /** Beside those that every environment has. */
  readonly macros?: readonly Macro[]
}

/** Inclusive bounds; they saturate at 2⁶⁴−1, which also means unbounded. */
export interface Estimate {
  readonly min: bigint
  readonly max: bigint
}

/** A value of the expression whose size is asked for. */
export interface SizedNode {
  /** From a variable on: field names, `@items`, `@keys`, `@values`; undefined for what no variable leads to. */
  readonly path?: readonly string[]
  readonly type: CelType
}

/** What is known about sizes before there is a value: characters, bytes, items, entries. Undefined: unbounded. */
export type SizeHints = (node: SizedNode) => Estimate | undefined

/**
 * Values of variables by name: JSON as the store gives it (numbers that are whole are ints, bigints too), or a `CelValue`.
 * A getter is called when the variable is first needed. A declared type decides how JSON is read (`double`, a struct, a map).
 */
export type Activation = Readonly<Record<string, unknown>>

export interface Evaluation {
  readonly value: CelValue
  /** As upstream counts it, in its units (about 50 ns each there). */
  readonly cost: number
}

/** `message` is upstream's: `no such key: x`, `operation cancelled: actual cost limit exceeded`. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError'
  readonly cost: number
  /** Whether the budget ran out. Nothing more may be evaluated from it. */
  readonly exceeded: boolean
  constructor(message: string, cost: number, exceeded: boolean) {
    super(message)
    this.cost = cost
    this.exceeded = exceeded
  }
}

/** What may be done beside what upstream counts, in its units. Several evaluations may share it. */
export interface Allowance {
  left: number
}

/** Upstream's limit of one evaluation, a tenth of a second there. */
export const perCallLimit = 1_000_000
