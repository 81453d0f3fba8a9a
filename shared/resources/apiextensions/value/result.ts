import type { FieldError } from '../../../meta/field-error.ts'
import type { Correlation } from '../../../meta/structural/correlation.ts'
import type { JsonSchema } from '../json-schema.ts'
import type { CheckRun } from './check-run.ts'

/** What is wrong with a value, before it is known where the value stands. */
export interface Finding {
  readonly type: FieldError['type']
  /** from the value that is checked, as `spec.replicas`; undefined: of no one field */
  readonly path: string | undefined
  /** Upstream's own text. The same is told once. */
  readonly text: string
  /** as the answer has it */
  readonly message: string
}

/** `matched` counts what was right: of several alternatives, the one with most of it tells why none fits. */
export class Result {
  readonly #findings = new Map<string, Finding>()
  matched = 0

  get valid(): boolean {
    return this.#findings.size === 0
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()]
  }

  add(finding: Finding): void {
    if (!this.#findings.has(finding.text)) this.#findings.set(finding.text, finding)
  }

  merge(other: Result): void {
    this.matched += other.matched
    for (const finding of other.#findings.values()) this.add(finding)
  }

  /** What was found counts no more. */
  forgive(): void {
    this.#findings.clear()
  }
}

/** A value and where it stands. */
export interface Checked {
  readonly schema: JsonSchema
  readonly value: unknown
  readonly path: string
  /** what stood there before, where that can be told */
  readonly before: Correlation | undefined
  readonly run: CheckRun
}

/** Checks a part of a value. */
export type Check = (checked: Checked) => Result

export const invalidText = (path: string, value: unknown, text: string): Finding => ({
  type: 'FieldValueInvalid',
  path,
  text,
  message: `Invalid value: ${shown(value)}: ${text}`,
})

export const wrongType = (path: string, typeName: string, value: string): Finding => {
  const text = `${path} in body must be of type ${typeName}: ${JSON.stringify(value)}`
  return { type: 'FieldValueTypeInvalid', path, text, message: `Invalid value: ${shown(value)}: ${text}` }
}

/** About alternatives: it is said of no field, but names one. */
export const bareText = (text: string): Finding => ({
  type: 'FieldValueInvalid',
  path: undefined,
  text,
  message: `Invalid value: "": ${text}`,
})

const shown = (value: unknown) => (typeof value === 'number' ? goNumber(value) : JSON.stringify(value))

/** As Go prints a number: with an exponent where it is below 0.0001 or from 10²¹ on. */
export const goNumber = (value: number | bigint): string => {
  if (typeof value === 'bigint') return value.toString()
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-4 && size < 1e21)) return String(value)
  const [digits, exponent = '+0'] = value.toExponential().split('e')
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}
