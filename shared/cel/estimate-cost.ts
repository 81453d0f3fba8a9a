import type { Estimate, SizeHints } from './cel.ts'
import { Estimator } from './cost/estimator.ts'
import type { Program } from './program.ts'

/** What an expression costs at the least and at the most, by what is known of sizes. */
export const estimateCost = (program: Program, hints: SizeHints = () => undefined): Estimate =>
  new Estimator(program.checked, hints).cost(program.checked.root)
