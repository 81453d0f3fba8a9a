import type { CompiledExpression } from '../../../cel/admission/compile-expression.ts'
import { type Activation, EvaluationError } from '../../../cel/cel.ts'
import { evaluate } from '../../../cel/evaluate.ts'
import { type AccessQuestion, authorizerValue, resourceCheckValue } from '../../../cel/library/authorizer.ts'
import type { CelValue } from '../../../cel/value/value.ts'
import type { JsonObject } from '../../../meta/json-value.ts'
import type { Decisions } from './decisions.ts'
import { type CompiledVariables, LazyVariables, type VariablesBudget } from './lazy-variables.ts'
import { finish } from './unfinished.ts'

/** What a request gives to expressions. Objects are JSON; null: there is none. */
export interface ExpressionInputs {
  readonly object: unknown
  readonly oldObject: unknown
  /** made by `requestValue` */
  readonly request: JsonObject
  /** of `authorizer.requestResource` */
  readonly asked: Pick<AccessQuestion, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>
  readonly namespaceObject: unknown
  readonly params: unknown
  /** undefined: nobody can be asked */
  readonly decisions: Decisions | undefined
  /** what is left of the time that the request has; default: nobody counts it */
  readonly remainingMs?: (() => number) | undefined
}

/** The value of an expression, or what went wrong with it, in upstream's words. */
export type Outcome =
  | { readonly value: CelValue; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string }

/** All expressions of a run together have spent what they may; none of it counts. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded'
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
  }
}

/** Others get their turn after as much work as this, between two expressions or in one of them, which is begun again. */
const turnCost = 100_000
const turnCostWithin = 1_000_000

/** Expressions that are evaluated one after the other with the same inputs, variables and budget. */
export class ExpressionRun implements VariablesBudget {
  readonly #activation: Activation
  readonly #inputs: ExpressionInputs
  /** what is left, and of it what variables of the expression at hand have taken */
  #left: number
  #taken = 0
  #sinceTurn = 0

  /** `budget`: upstream's units of cost. */
  constructor(inputs: ExpressionInputs, variables: CompiledVariables, budget: number) {
    this.#left = budget
    this.#inputs = inputs
    const { decisions, asked } = inputs
    this.#activation = {
      object: inputs.object ?? null,
      oldObject: inputs.oldObject ?? null,
      request: inputs.request,
      namespaceObject: inputs.namespaceObject ?? null,
      params: inputs.params ?? null,
      ...(decisions && {
        authorizer: authorizerValue(decisions.authorize),
        'authorizer.requestResource': resourceCheckValue(decisions.authorize, asked),
      }),
      variables: new LazyVariables(variables, () => this.#activation, this),
    }
  }

  /** What may still be spent. */
  get left(): number {
    return this.#left
  }

  /** Throws BudgetExceeded, and is of no more use then. */
  async evaluate(expression: string, compiled: CompiledExpression): Promise<Outcome> {
    if (compiled.error) return { error: `compilation error: ${compiled.error.detail}` }
    if (this.#sinceTurn > turnCost) await this.turn()
    const failed = (message: string) => ({ error: `expression '${expression}' resulted in error: ${message}` })
    if ((this.#inputs.remainingMs?.() ?? 1) <= 0) return failed('operation interrupted')
    try {
      const { value, cost } = await finish(() => evaluate(compiled.program, this.#activation))
      this.#settle(cost)
      return { value }
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      this.#settle(error.cost)
      return failed(error.message)
    }
  }

  get isBusy(): boolean {
    return this.#sinceTurn > turnCostWithin
  }

  spend(cost: number): void {
    this.#taken += cost
    this.#sinceTurn += cost
    if (this.#taken > this.#left) throw new BudgetExceeded()
  }

  #settle(cost: number): void {
    this.#left -= this.#taken
    this.#taken = 0
    this.#sinceTurn += cost
    if (cost > this.#left) throw new BudgetExceeded()
    this.#left -= cost
  }

  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#sinceTurn = 0
  }
}
