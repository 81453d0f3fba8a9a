import type { Overload } from '../library/declaration.ts'
import type { Expression } from '../parse/expression.ts'
import { boolType, type CelType, dynType, errorType, isExactType, signatureText } from '../type.ts'
import { isDyn, Substitutions, substitute } from './assignable.ts'
import type { Inference } from './inference.ts'

/** Finds which overloads of a function a call may be of, and of what type it then is. */
export class OverloadResolution {
  readonly #inference: Inference

  constructor(inference: Inference) {
    this.#inference = inference
  }

  resolve(
    node: Expression,
    name: string,
    overloads: readonly Overload[],
    target: Expression | undefined,
    args: readonly Expression[],
  ): void {
    const given = (target ? [target, ...args] : args).map((arg) => this.#inference.typeOf(arg))
    if (name === '_&&_' || name === '_||_') {
      this.#resolveLogical(node, overloads[0]!.id, args, given)
      return
    }
    let result: CelType | undefined
    const found: string[] = []
    for (const overload of overloads) {
      if (overload.isMember !== (target !== undefined)) continue
      const fresh = this.#instantiate(overload)
      if (!this.#inference.allAssignable(given, fresh.args)) continue
      found.push(overload.id)
      const type = this.#inference.resolved(fresh.result)
      if (!result) result = type
      else if (!isDyn(result) && !isExactType(type, result)) result = dynType
    }
    if (result) {
      this.#inference.settle(node, result)
      this.#inference.refer(node, { overloads: found })
      return
    }
    const signature = signatureText(
      given.map((type) => this.#inference.resolved(type, true)),
      target !== undefined,
    )
    this.#inference.report(node, `found no matching overload for '${name}' applied to '${signature}'`)
    this.#inference.settle(node, errorType)
  }

  #resolveLogical(node: Expression, overload: string, args: readonly Expression[], given: readonly CelType[]): void {
    let wrong = false
    for (const [index, type] of given.entries()) {
      if (this.#inference.assignable(type, boolType)) continue
      this.#inference.mismatch(args[index]!, boolType, type)
      wrong = true
    }
    this.#inference.settle(node, wrong ? errorType : boolType)
    if (!wrong) this.#inference.refer(node, { overloads: [overload] })
  }

  /** An overload's types with parameters of this call's own. */
  #instantiate({ args, result }: Overload): { args: readonly CelType[]; result: CelType } {
    const fresh = new Substitutions()
    let generic = false
    const visit = (type: CelType) => {
      if (type.kind === 'typeParam') {
        generic = true
        if (!fresh.get(type.name)) fresh.set(type.name, this.#inference.newParameter())
      }
      type.parameters.forEach(visit)
    }
    for (const type of [result, ...args]) visit(type)
    if (!generic) return { args, result }
    return { args: args.map((type) => substitute(fresh, type, false)), result: substitute(fresh, result, false) }
  }
}
