import { labelValue, qualifiedName } from './names.ts'
import { badRequest } from './status.ts'

export type Labels = Readonly<Record<string, string>>

/** The wire shape of meta/v1 LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Labels | undefined
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined
}

export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

export interface LabelRequirement {
  readonly key: string
  readonly operator: LabelOperator
  readonly values: readonly string[]
}

export interface LabelSelectorMatcher {
  /** sorted by key */
  readonly requirements: readonly LabelRequirement[]
  /** everything matches */
  readonly empty: boolean
  matches(labels: Labels | undefined): boolean
  /** in the text form, canonical */
  toString(): string
}

/** A selector of a query string: `app=web,tier in (a,b),!canary`. Throws ApiError BadRequest in upstream's words. */
export const parseLabelSelector = (text: string): LabelSelectorMatcher => {
  const requirements = new Parser(text).parse()
  return createMatcher(requirements)
}

/** An undefined selector matches nothing, an empty one everything. An operator that isn't known throws ApiError BadRequest. */
export const matchesLabelSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean => {
  if (selector === undefined) return false
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false
  for (const { key, operator, values } of selector.matchExpressions ?? [])
    if (!holds({ key, operator: operatorOf(operator), values: values ?? [] }, labels)) return false
  return true
}

/** The same as a matcher, to use it many times; nothing matches an undefined one. */
export const labelSelectorMatcher = (selector: LabelSelector | undefined): LabelSelectorMatcher =>
  selector === undefined
    ? { requirements: [], empty: false, matches: () => false, toString: () => '' }
    : createMatcher(requirementsOf(selector))

/** In the form of a query string; '' for an empty one, and as kubectl prints it `<none>` is the caller's. */
export const labelSelectorText = (selector: LabelSelector | undefined): string =>
  selector === undefined ? '' : createMatcher(requirementsOf(selector)).toString()

/** `a=b,c=d` of plain labels, sorted by key. */
export const labelsText = (labels: Labels | undefined): string => labelSelectorText({ matchLabels: labels ?? {} })

const operators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }

const operatorOf = (operator: string): LabelOperator => {
  const known = operators[operator]
  if (known === undefined) throw badRequest(`${JSON.stringify(operator)} is not a valid label selector operator`)
  return known
}

const requirementsOf = (selector: LabelSelector): LabelRequirement[] => [
  ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: '=' as const, values: [value] })),
  ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator: operatorOf(operator),
    values: [...(values ?? [])].sort(),
  })),
]

const createMatcher = (unsorted: LabelRequirement[]): LabelSelectorMatcher => {
  const requirements = unsorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return {
    requirements,
    empty: requirements.length === 0,
    matches: (labels) => requirements.every((requirement) => holds(requirement, labels)),
    toString: () => requirements.map(requirementText).join(','),
  }
}

const requirementText = ({ key, operator, values }: LabelRequirement): string => {
  if (operator === 'exists') return key
  if (operator === '!') return `!${key}`
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${values.join(',')})`
  return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${values[0]}`
}

const integer = /^[+-]?\d{1,19}$/

const conditions: Readonly<Record<LabelOperator, (value: string | undefined, values: readonly string[]) => boolean>> = {
  '=': (value, values) => value === values[0],
  '==': (value, values) => value === values[0],
  '!=': (value, values) => value !== values[0],
  in: (value, values) => value !== undefined && values.includes(value),
  notin: (value, values) => value === undefined || !values.includes(value),
  exists: (value) => value !== undefined,
  '!': (value) => value === undefined,
  gt: (value, values) => value !== undefined && integer.test(value) && BigInt(value) > BigInt(values[0]!),
  lt: (value, values) => value !== undefined && integer.test(value) && BigInt(value) < BigInt(values[0]!),
}

const holds = ({ key, operator, values }: LabelRequirement, labels: Labels | undefined) =>
  conditions[operator](labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined, values)

const symbols: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  '=': '=',
  '==': '==',
  '>': 'gt',
  '<': 'lt',
  notin: 'notin',
  '!=': '!=',
}

/** Words are identifiers wherever no operator may stand, so that `x in (in)` reads. */
class Parser {
  readonly #tokens: string[]
  #position = 0

  constructor(text: string) {
    // a token that starts with a symbol is the longest operator that stands there
    this.#tokens = text.match(/!=|==|[=!(),><]|[^=!(),><\s]+/g) ?? []
  }

  parse(): LabelRequirement[] {
    const found: LabelRequirement[] = []
    while (this.#peek() !== undefined) {
      const start = this.#peek()!
      if (start !== '!' && !isWord(start)) throw badRequest(`found '${start}', expected: !, identifier, or 'end of string'`)
      found.push(this.#requirement())
      const separator = this.#next()
      if (separator === undefined) break
      if (separator !== ',') throw badRequest(`found '${separator}', expected: ',' or 'end of string'`)
      const after = this.#peek()
      if (after === undefined || (after !== '!' && !isWord(after)))
        throw badRequest(`found '${after ?? ''}', expected: identifier after ','`)
    }
    return found
  }

  #requirement(): LabelRequirement {
    const negated = this.#peek() === '!'
    if (negated) this.#next()
    const key = this.#next()
    if (key === undefined || !isWord(key)) throw unparsed(`found '${key ?? ''}', expected: identifier`)
    const findings = qualifiedName(key)
    if (findings.length) throw unparsed(`<nil>: Invalid value: ${JSON.stringify(key)}: ${findings.join('; ')}`)
    const after = this.#peek()
    if (after === undefined || after === ',') return { key, operator: negated ? '!' : 'exists', values: [] }
    if (negated) return { key, operator: '!', values: [] }
    const symbol = this.#next()!
    const operator = symbols[symbol]
    if (operator === undefined) throw unparsed(`found '${symbol}', expected: in, notin, =, ==, !=, gt, lt`)
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()]
    checkValues(key, operator, values)
    return { key, operator, values }
  }

  /** `(a,b)`; between commas an empty value may stand */
  #values(): string[] {
    const open = this.#next()
    if (open !== '(') throw unparsed(`found '${open ?? ''}' expected: '('`)
    const values = new Set<string>()
    for (;;) {
      const token = this.#next()
      if (token !== undefined && isWord(token)) {
        values.add(token)
        const after = this.#next()
        if (after === ')') return [...values].sort()
        if (after !== ',') throw unparsed(`found '${after ?? ''}', expected: ',' or ')'`)
        if (this.#peek() === ')') values.add('')
      } else if (token === ',' || token === ')') {
        values.add('')
      } else throw unparsed(`found '${token ?? ''}', expected: ',', ')' or identifier`)
      if (token === ')') return [...values].sort()
    }
  }

  #exactValue(): string {
    const token = this.#peek()
    if (token === undefined || token === ',') return ''
    this.#next()
    if (!isWord(token)) throw unparsed(`found '${token}', expected: identifier`)
    return token
  }

  #peek() {
    return this.#tokens[this.#position]
  }
  #next() {
    return this.#tokens[this.#position++]
  }
}

const isWord = (token: string) => !/^[=!(),><]/.test(token)
const unparsed = (message: string) => badRequest(`unable to parse requirement: ${message}`)

const checkValues = (key: string, operator: LabelOperator, values: readonly string[]) => {
  const errors: string[] = []
  values.forEach((value, index) => {
    const found = (path: string, detail: string) => errors.push(`${path}: Invalid value: ${JSON.stringify(value)}: ${detail}`)
    if ((operator === 'gt' || operator === 'lt') && !integer.test(value))
      found(`values[${index}]`, "for 'Gt', 'Lt' operators, the value must be an integer")
    const findings = labelValue(value)
    if (findings.length) found(`values[${index}][${key}]`, findings.join('; '))
  })
  if (errors.length) throw unparsed(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`)
}
