import { type Activation, type Allowance, EvaluationError } from '../cel.ts'
import { evaluate } from '../evaluate.ts'
import type { Program } from '../program.ts'
import { quoted } from '../value/string.ts'

const longest = 5 * 1024

/** `text` undefined: the rule's own message is taken. `fatal`: no rule is run any more. */
export type MessageOutcome = { readonly text: string | undefined; readonly cost: number } | { readonly fatal: string }

/** What a rule's messageExpression says. */
export const evaluateMessage = (
  program: Program,
  expression: string,
  activation: Activation,
  { budget, uncounted }: { budget: number; uncounted: Allowance },
): MessageOutcome => {
  try {
    const { value, cost } = evaluate(program, activation, { uncounted })
    if (cost > budget) return outOfBudget
    const text = typeof value === 'string' ? value.trim() : ''
    const fits = text !== '' && Buffer.byteLength(text) <= longest && !text.includes('\n')
    return { text: fits ? text : undefined, cost }
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    if (error.cost > budget) return outOfBudget
    if (!error.exceeded) return { text: undefined, cost: error.cost }
    return {
      fatal: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${quoted(expression)}`,
    }
  }
}

const outOfBudget: MessageOutcome = {
  fatal: 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
}
