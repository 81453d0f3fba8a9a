import type { CompiledExpression } from '../../../cel/admission/compile-expression.ts'
import { variablesType } from '../../../cel/admission/declared-variables.ts'
import { type Activation, EvaluationError } from '../../../cel/cel.ts'
import { evaluate } from '../../../cel/evaluate.ts'
import type { Program } from '../../../cel/program.ts'
import { unescapeName } from '../../../cel/schema/escape.ts'
import { wrongArgument } from '../../../cel/value/compare.ts'
import { CelError, CelMap, type CelValue } from '../../../cel/value/value.ts'
import { finish, Unfinished } from './unfinished.ts'

/** A policy's own variables, by name. */
export type CompiledVariables = ReadonlyMap<string, CompiledExpression>

/** Who pays for variables. */
export interface VariablesBudget {
  /** so much was done since others had their turn that a variable waits for that */
  readonly isBusy: boolean
  turn(): Promise<void>
  /** Is told what each cost, and may throw. */
  spend(cost: number): void
}

/** Variables may need one another; what is deeper than the stack of calls bears is found first. */
const deepest = 20

/** The variable `variables`: each is evaluated when it is first named, and kept. */
export class LazyVariables extends CelMap {
  readonly #compiled: CompiledVariables
  readonly #activation: () => Activation
  readonly #budget: VariablesBudget
  readonly #known = new Map<string, CelValue>()
  /** in evaluation, the outermost first */
  readonly #open: string[] = []
  /** on their own, for an evaluation that will be tried again */
  readonly #finding = new Set<string>()

  constructor(compiled: CompiledVariables, activation: () => Activation, budget: VariablesBudget) {
    super()
    this.#compiled = compiled
    this.#activation = activation
    this.#budget = budget
  }

  override get type() {
    return variablesType
  }

  get size(): number {
    return this.#compiled.size
  }

  keys(): Iterable<CelValue> {
    return this.#compiled.keys()
  }

  find(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return wrongArgument(key)
    const name = unescapeName(key)
    const compiled = name === undefined ? undefined : this.#compiled.get(name)
    if (!compiled) return undefined
    const known = this.#known.get(name!)
    if (known !== undefined) return known
    // Upstream would not come back.
    if (this.#open.includes(name!) || this.#finding.has(name!)) return failed(name!, 'evaluate: it needs itself')
    if (this.#open.length >= deepest || this.#budget.isBusy) throw new Unfinished(() => this.#find(name!, compiled))
    return this.#evaluate(name!, compiled)
  }

  override equalTo(other: CelValue): boolean | CelError {
    return other instanceof LazyVariables ? other === this : wrongArgument(other)
  }

  async #find(name: string, compiled: CompiledExpression): Promise<void> {
    this.#finding.add(name)
    try {
      if (this.#budget.isBusy) await this.#budget.turn()
      await finish(() => this.#evaluate(name, compiled))
    } finally {
      this.#finding.delete(name)
    }
  }

  #evaluate(name: string, compiled: CompiledExpression): CelValue {
    const value = compiled.error ? failed(name, `compile: ${compiled.error.detail}`) : this.#run(name, compiled.program)
    this.#known.set(name, value)
    return value
  }

  #run(name: string, program: Program): CelValue {
    this.#open.push(name)
    try {
      const { value, cost } = evaluate(program, this.#activation())
      this.#budget.spend(cost)
      return value
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      this.#budget.spend(error.cost)
      return failed(name, `evaluate: ${error.message}`)
    } finally {
      this.#open.pop()
    }
  }
}

const failed = (name: string, why: string) => new CelError(`composited variable "${name}" fails to ${why}`)
