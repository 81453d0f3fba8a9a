import type { Builder } from './builder.ts'
import type { Expression } from './expression.ts'

/** Thrown by a macro whose arguments are not what it takes; `at` is the id of the bad one. */
export class MacroError extends Error {
  readonly at: number
  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

export interface Macro {
  readonly name: string
  readonly isMember: boolean
  readonly arity: number
  /** `target` is there for methods only. Undefined: the call is none of the macro's. */
  expand(build: Builder, target: Expression, args: readonly Expression[]): Expression | undefined
}

/** The name of a loop's variable. */
export const variableName = (node: Expression, message: string): string => {
  if (node.kind !== 'identifier') throw new MacroError(node.id, message)
  return node.name
}
