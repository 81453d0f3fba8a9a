import type { CelValue } from '../../../cel/value/value.ts'
import type { StatusReason } from '../../../meta/status.ts'
import { BudgetExceeded, type ExpressionInputs, ExpressionRun, type Outcome } from '../expressions/expression-run.ts'
import { matchConditions } from '../expressions/match-conditions.ts'
import type { CompiledPolicy, CompiledValidation } from './compiled-policy.ts'

/** of a policy with one binding and one param; annotations have as much again */
const budget = 10_000_000
/** of one expression, and a step more */
const mostOfOne = 1_100_000
const longestMessageBytes = 5 * 1024

/** What a policy finds wrong. `index`: of the validation, as Audit tells it. */
export interface Denial {
  readonly index: number
  readonly message: string
  /** default Invalid */
  readonly reason?: StatusReason | undefined
}

export interface Judgement {
  readonly denials: readonly Denial[]
  readonly annotations: readonly { readonly key: string; readonly value: string }[]
  /** what went wrong with annotations: the request is denied, whatever the binding's actions are */
  readonly errors: readonly string[]
}

const nothing: Judgement = { denials: [], annotations: [], errors: [] }

/** What a policy says of a request, with one of its params. */
export const judge = async (
  policy: CompiledPolicy,
  inputs: ExpressionInputs,
  failurePolicy: 'Fail' | 'Ignore',
): Promise<Judgement> => {
  const failed = (message: string): Judgement =>
    failurePolicy === 'Ignore' ? nothing : { ...nothing, denials: [{ index: 0, message }] }
  const matched = await matchConditions(policy.conditions, inputs, failurePolicy)
  if (!matched.matches) return matched.error === undefined ? nothing : failed(matched.error)
  try {
    const denials = await validate(policy, inputs, failurePolicy)
    return { denials, ...(await annotate(policy, inputs, failurePolicy)) }
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error
    return failed(error.message)
  }
}

const validate = async (
  policy: CompiledPolicy,
  inputs: ExpressionInputs,
  failurePolicy: 'Fail' | 'Ignore',
): Promise<readonly Denial[]> => {
  const run = new ExpressionRun(inputs, policy.variables, budget)
  const outcomes: Outcome[] = []
  for (const { expression, compiled } of policy.validations) outcomes.push(await run.evaluate(expression, compiled))
  const messages = await messagesOf(policy, outcomes, { inputs, left: run.left })
  return policy.validations.flatMap((validation, index): Denial[] => {
    const { value, error } = outcomes[index]!
    const wrong = error ?? (messages.exceeded && `failed messageExpression: ${messages.exceeded}`)
    if (wrong) return failurePolicy === 'Ignore' ? [] : [{ index, message: wrong }]
    if (value === true) return []
    const { reason = 'Invalid' } = validation
    return [{ index, message: messageOf(validation, messages.outcomes?.[index]), reason: reason as StatusReason }]
  })
}

interface Messages {
  /** by validation; undefined: nobody needs one, or there are none */
  readonly outcomes?: readonly (Outcome | undefined)[] | undefined
  /** the text of what is the matter with all of them */
  readonly exceeded?: string | undefined
}

/** All are evaluated, needed or not, where they might spend too much: that would count. They may ask nobody. */
const messagesOf = async (
  { validations, variables }: CompiledPolicy,
  outcomes: readonly Outcome[],
  { inputs, left }: { inputs: ExpressionInputs; left: number },
): Promise<Messages> => {
  const count = validations.filter(({ compiledMessage }) => compiledMessage).length
  if (count === 0) return {}
  const needed = outcomes.some(({ value }) => value !== undefined && value !== true)
  if (!needed && (count + variables.size) * mostOfOne < left) return {}
  const run = new ExpressionRun({ ...inputs, decisions: undefined }, variables, left)
  const found: (Outcome | undefined)[] = []
  try {
    for (const { messageExpression = '', compiledMessage } of validations)
      found.push(compiledMessage && (await run.evaluate(messageExpression, compiledMessage)))
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error
    return { exceeded: error.message }
  }
  return { outcomes: found }
}

const messageOf = ({ expression, message }: CompiledValidation, made: Outcome | undefined): string =>
  madeMessage(made?.value) || message?.trim() || `failed expression: ${expression.trim()}`

/** Empty: it can't be shown. */
const madeMessage = (value: CelValue | undefined): string => {
  if (typeof value !== 'string') return ''
  const text = value.trim()
  return Buffer.byteLength(text) > longestMessageBytes || text.includes('\n') ? '' : text
}

const annotate = async (
  { annotations, variables }: CompiledPolicy,
  inputs: ExpressionInputs,
  failurePolicy: 'Fail' | 'Ignore',
): Promise<Pick<Judgement, 'annotations' | 'errors'>> => {
  const errors: string[] = []
  const published: { key: string; value: string }[] = []
  if (annotations.length === 0) return { annotations: published, errors }
  // Upstream compiles them as if they might ask, and gives them nobody to ask.
  const run = new ExpressionRun({ ...inputs, decisions: undefined }, variables, budget)
  for (const { key, valueExpression, compiled } of annotations) {
    const { value, error } = await run.evaluate(valueExpression, compiled)
    if (error !== undefined) {
      if (failurePolicy === 'Fail') errors.push(error)
    } else if (typeof value === 'string' && value.trim() !== '') published.push({ key, value: value.trim() })
  }
  return { annotations: published, errors }
}
