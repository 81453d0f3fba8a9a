import { Builder } from './builder.ts'
import type { Depth } from './depth.ts'
import type { Expression } from './expression.ts'
import { type Macro, MacroError } from './macro.ts'
import type { Source } from './source.ts'

/** How macros are found: by name, number of arguments and whether they are called on something. */
export const macroKey = (name: string, arity: number, isMember: boolean): string => `${name}:${arity}:${isMember}`

/** Makes nodes of calls; macros become what they stand for. */
export class Calls {
  readonly #source: Source
  readonly #macros: ReadonlyMap<string, Macro>
  readonly #depth: Depth

  constructor({ source, macros, depth }: { source: Source; macros: ReadonlyMap<string, Macro>; depth: Depth }) {
    this.#source = source
    this.#macros = macros
    this.#depth = depth
  }

  call(id: number, name: string, ...args: Expression[]): Expression {
    return this.#depth.over(
      this.#expand(id, name, undefined, args) ?? { kind: 'call', id, name, args },
      /^[@_]/.test(name) ? 1 : 0,
      args,
    )
  }

  memberCall(id: number, name: string, target: Expression, args: Expression[]): Expression {
    const node = this.#expand(id, name, target, args) ?? { kind: 'call', id, name, target, args }
    return this.#depth.over(node, 1, [target, ...args])
  }

  #expand(id: number, name: string, target: Expression | undefined, args: Expression[]): Expression | undefined {
    const macro = this.#macros.get(macroKey(name, args.length, target !== undefined))
    if (!macro) return undefined
    try {
      return macro.expand(new Builder(this.#source, id), target!, args)
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      const offset = this.#source.offsetOf(error.at)
      this.#source.report(offset, error.message)
      return { kind: 'unspecified', id: this.#source.idAt(offset) }
    }
  }
}
