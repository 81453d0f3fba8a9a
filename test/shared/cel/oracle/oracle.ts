import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CelSchema } from '../../../../shared/cel/schema/schema.ts'
import { inModuleCache, startGoProgram } from '../../../oracle/go-program.ts'
import type { Answer } from '../world.ts'

/** A schema with rules, and a value with what it was before. */
export interface RuleQuestion {
  readonly schema: CelSchema
  readonly value?: unknown
  readonly old?: unknown
}

export interface RuleAnswers {
  readonly rules: readonly {
    readonly maxCost: string
    readonly cardinality: string
    readonly error?: string
    readonly usesOldSelf: boolean
    readonly messageError?: string
    readonly messageCost: string
  }[]
  readonly errors?: readonly string[]
}

/** What upstream's API server makes of an expression. */
export interface Oracle {
  ask(expression: string): Promise<Answer>
  askRules(question: RuleQuestion): Promise<RuleAnswers>
  stop(): void
}

const { path, missing } = inModuleCache('k8s.io/apiextensions-apiserver@v0.35.4')
/** Undefined: the oracle can be asked. */
export const missingOracle = missing

export const startOracle = (): Oracle => {
  const read = (file: string) => readFileSync(join(path, file), 'utf8')
  // All that the module needs, and the module: those versions are known to be there together.
  const needs = `${read('go.mod').replace(/^module .*$/m, 'module oracle')}\nrequire k8s.io/apiextensions-apiserver v0.35.4\n`
  const program = startGoProgram({ main: new URL('./main.go', import.meta.url), needs, sums: read('go.sum') })
  return { ask: (expression) => program.ask({ expression }), askRules: program.ask, stop: program.stop }
}
