import { compilePattern, type Pattern, PatternError } from '../../meta/pattern/pattern.ts'
import { patternWeight } from '../../meta/pattern/weight.ts'
import { wrongArgument } from '../value/compare.ts'
import type { CelValue } from '../value/value.ts'
import { CallStep } from './call-step.ts'
import type { CostTracker } from './cost-tracker.ts'

/** Characters times steps that are worth a unit of cost: upstream's own measure, which takes an expression's length for its steps. */
const lookedAtOnce = 40

const countMatching = (tracker: CostTracker, pattern: Pattern, text: string): void =>
  tracker.addUncounted((text.length * pattern.steps) / lookedAtOnce)

/** A call with a pattern that is made as it goes. What upstream does not count is counted before it is done. */
export class PatternStep extends CallStep {
  protected override call(values: readonly CelValue[], tracker: CostTracker): CelValue {
    const [text, expression] = values
    if (typeof text === 'string' && typeof expression === 'string') {
      tracker.addUncounted(patternWeight(expression))
      const pattern = compilePattern(expression)
      if (!(pattern instanceof PatternError)) countMatching(tracker, pattern, text)
    }
    return super.call(values, tracker)
  }
}

type MatchingCall = (pattern: Pattern, text: string, limit?: CelValue) => CelValue

/** A call with a pattern that is known, and right. It is compiled when it is first needed. */
export class ConstantPatternStep extends CallStep {
  constructor(id: number, parts: CallStep['parts'], { expression, call }: { expression: string; call: MatchingCall }) {
    super(id, parts, ([text, , limit]) =>
      typeof text === 'string' ? call(patternOf(expression), text, limit) : wrongArgument(text!),
    )
    this.#expression = expression
  }
  readonly #expression: string

  protected override call(values: readonly CelValue[], tracker: CostTracker): CelValue {
    const [text] = values
    if (typeof text === 'string') countMatching(tracker, patternOf(this.#expression), text)
    return super.call(values, tracker)
  }
}

const patternOf = (expression: string): Pattern => {
  const pattern = compilePattern(expression)
  if (pattern instanceof PatternError) throw pattern
  return pattern
}
