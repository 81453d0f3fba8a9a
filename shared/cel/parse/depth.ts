import { DepthError } from './depth-error.ts'
import { childrenOf, type Expression } from './expression.ts'

const deepest = 250

/** Counts as upstream does: how often each rule of the grammar is open, and how deep operators are nested. */
export class Depth {
  readonly #open = new Map<string, number>()
  readonly #heights = new WeakMap<Expression, number>()

  within<T>(rule: string, read: () => T): T {
    this.#enter(rule)
    const result = read()
    this.#open.set(rule, this.#open.get(rule)! - 1)
    return result
  }

  /** For rules that repeat to the left: `grow` at each repetition. */
  chain<T>(rule: string, read: (grow: () => void) => T): T {
    const before = this.#open.get(rule) ?? 0
    this.#enter(rule)
    const result = read(() => this.#enter(rule))
    this.#open.set(rule, before)
    return result
  }

  /** `node`, which counts for `own` levels over `parts`. */
  over(node: Expression, own = 1, parts: readonly Expression[] = childrenOf(node)): Expression {
    const height = own + parts.reduce((most, part) => Math.max(most, this.#heights.get(part) ?? 0), 0)
    if (height > deepest) throw new DepthError('max recursion depth exceeded')
    this.#heights.set(node, height)
    return node
  }

  #enter(rule: string): void {
    const depth = (this.#open.get(rule) ?? 0) + 1
    if (depth > deepest) throw new DepthError(`expression recursion limit exceeded: ${deepest}`)
    this.#open.set(rule, depth)
  }
}
