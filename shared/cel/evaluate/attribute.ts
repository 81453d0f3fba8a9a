import { wrongArgument } from '../value/compare.ts'
import { shown } from '../value/shown.ts'
import { CelError, CelList, CelMap, type CelValue, Optional, Uint } from '../value/value.ts'
import type { CostTracker } from './cost-tracker.ts'
import { goTypeName } from './go-type.ts'
import type { Scope } from './scope.ts'
import { Step } from './step.ts'

/** A variable or a value and the way into it: `a.b[0].c`. Optional steps make the result an optional. */
export interface Attribute {
  readonly id: number
  add(qualifier: Qualifier): void
  resolve(scope: Scope): CelValue
}

/** A step into a value. */
export interface Qualifier {
  readonly id: number
  readonly optional: boolean
  /** A failed step is an error; with `ifPresent` a missing one is undefined. */
  qualify(scope: Scope, value: CelValue, ifPresent: boolean): CelValue | undefined
}

const missingKey = (key: CelValue) => new CelError(`no such key: ${shown(key)}`)
const missingIndex = (index: CelValue) => new CelError(`index out of bounds: ${shown(index)}`)

const indexOf = (key: CelValue): number | CelError => {
  if (typeof key === 'bigint') return Number(key)
  if (typeof key === 'number') return Number.isInteger(key) ? key : new CelError(`unsupported index value ${shown(key)} in list`)
  if (key instanceof Uint) return Number(key.value)
  return new CelError(`unsupported index type '${goTypeOfKey(key)}' in list`)
}

const goTypeOfKey = (key: CelValue): string =>
  typeof key === 'string' ? 'string' : typeof key === 'boolean' ? 'bool' : key === null ? 'null_type' : goTypeName(key)

/** Undefined: it is not there, and `ifPresent` was asked. */
const select = (value: CelValue, key: CelValue, ifPresent: boolean): CelValue | undefined => {
  if (value instanceof CelError) return value
  if (value instanceof CelMap) {
    const found = value.find(key)
    return found === undefined && !ifPresent ? missingKey(key) : found
  }
  if (value instanceof CelList) {
    const index = indexOf(key)
    if (index instanceof CelError) return index
    if (index >= 0 && index < value.size) return value.at(index)
    return ifPresent ? undefined : missingIndex(key)
  }
  return ifPresent ? undefined : missingKey(key)
}

/** A step by a constant key; `testOnly` is that of `has()`, whose result is whether it is there. */
export class ConstantQualifier implements Qualifier {
  readonly id: number
  readonly optional: boolean
  readonly #key: CelValue
  readonly #testOnly: boolean

  constructor(id: number, key: CelValue, { optional = false, testOnly = false } = {}) {
    this.id = id
    this.#key = key
    this.optional = optional
    this.#testOnly = testOnly
  }

  qualify({ tracker }: Scope, value: CelValue, ifPresent: boolean): CelValue | undefined {
    const found = this.#find(value, ifPresent)
    if (found === undefined || (ifPresent && found instanceof CelError)) return found
    tracker.cost++
    tracker.push(found, this.id)
    return found
  }

  #find(value: CelValue, ifPresent: boolean): CelValue | undefined {
    if (!this.#testOnly) return select(value, this.#key, ifPresent)
    const found = select(value, this.#key, true)
    if (found instanceof CelError) return found
    // Through an optional only presence is asked: what stands there is nobody's.
    if (ifPresent) return found === undefined ? undefined : null
    return found !== undefined
  }
}

const keyKinds = (value: CelValue): boolean =>
  ['string', 'bigint', 'number', 'boolean'].includes(typeof value) || value instanceof Uint

export const invalidQualifier = (value: CelValue): string | undefined =>
  keyKinds(value) ? undefined : `invalid qualifier type: ${goTypeName(value)}`

/** A step by what an attribute or another computation gives. */
export class ComputedQualifier implements Qualifier {
  readonly id: number
  readonly optional: boolean
  readonly #key: Attribute
  readonly #own: boolean

  /** `own`: the attribute was made for this step, and what it left on the stack goes with it. */
  constructor(id: number, key: Attribute, { optional, own }: { optional: boolean; own: boolean }) {
    this.id = id
    this.optional = optional
    this.#key = key
    this.#own = own
  }

  qualify(scope: Scope, value: CelValue, ifPresent: boolean): CelValue | undefined {
    const found = this.#find(scope, value, ifPresent)
    if (found === undefined || (ifPresent && found instanceof CelError)) return found
    if (this.#own) scope.tracker.drop(this.#key.id)
    scope.tracker.cost++
    scope.tracker.push(found, this.id)
    return found
  }

  #find(scope: Scope, value: CelValue, ifPresent: boolean): CelValue | undefined {
    const key = this.#key.resolve(scope)
    if (key instanceof CelError) return key
    const invalid = invalidQualifier(key)
    return invalid ? new CelError(invalid) : select(value, key, ifPresent)
  }
}

/** To upstream an optional in an optional is what that holds. */
const innermost = (value: CelValue): CelValue => (value instanceof Optional ? innermost(value.value ?? null) : value)

const follow = (scope: Scope, start: CelValue, qualifiers: readonly Qualifier[]): CelValue => {
  let optional = start instanceof Optional && qualifiers.length > 0
  let value = start
  if (start instanceof Optional) {
    if (start.value === undefined) return start
    value = innermost(start.value)
    if (!qualifiers.length) return value === start.value ? start : new Optional(value)
  }
  for (const qualifier of qualifiers) {
    optional ||= qualifier.optional
    const next = qualifier.qualify(scope, value, optional)
    if (next === undefined) return Optional.none
    if (next instanceof CelError) return next
    value = next
  }
  return optional ? new Optional(value) : value
}

abstract class QualifiedAttribute implements Attribute {
  readonly #id: number
  protected readonly qualifiers: Qualifier[] = []
  constructor(id: number) {
    this.#id = id
  }
  get id(): number {
    return this.qualifiers.at(-1)?.id ?? this.#id
  }
  add(qualifier: Qualifier): void {
    this.qualifiers.push(qualifier)
  }
  abstract resolve(scope: Scope): CelValue
}

export class VariableAttribute extends QualifiedAttribute {
  readonly #name: string
  constructor(id: number, name: string) {
    super(id)
    this.#name = name
  }
  resolve(scope: Scope): CelValue {
    const value = scope.resolve(this.#name)
    if (value === undefined) return new CelError(`no such attribute(s): ${this.#name}`)
    return value instanceof CelError ? value : follow(scope, value, this.qualifiers)
  }
}

export class RelativeAttribute extends QualifiedAttribute {
  readonly #operand: Step
  constructor(id: number, operand: Step) {
    super(id)
    this.#operand = operand
  }
  resolve(scope: Scope): CelValue {
    const value = this.#operand.evaluate(scope)
    return value instanceof CelError ? value : follow(scope, value, this.qualifiers)
  }
}

/** `condition ? whenTrue : whenFalse`; steps go into both. */
export class ConditionalAttribute implements Attribute {
  readonly #id: number
  readonly condition: Step
  readonly whenTrue: Attribute
  readonly whenFalse: Attribute
  constructor(id: number, { condition, whenTrue, whenFalse }: { condition: Step; whenTrue: Attribute; whenFalse: Attribute }) {
    this.#id = id
    this.condition = condition
    this.whenTrue = whenTrue
    this.whenFalse = whenFalse
  }
  get id(): number {
    return this.whenTrue.id === this.whenFalse.id ? this.whenTrue.id : this.#id
  }
  add(qualifier: Qualifier): void {
    this.whenTrue.add(qualifier)
    this.whenFalse.add(qualifier)
  }
  resolve(scope: Scope): CelValue {
    const value = this.condition.evaluate(scope)
    if (value === true) return this.whenTrue.resolve(scope)
    return value === false ? this.whenFalse.resolve(scope) : wrongArgument(value)
  }
}

export class AttributeStep extends Step {
  readonly attribute: Attribute
  constructor(attribute: Attribute) {
    super()
    this.attribute = attribute
  }
  get id(): number {
    return this.attribute.id
  }
  protected run(scope: Scope): CelValue {
    return this.attribute.resolve(scope)
  }
  protected override charge(tracker: CostTracker): void {
    const { attribute } = this
    if (attribute instanceof ConditionalAttribute) {
      tracker.drop(attribute.whenFalse.id)
      tracker.drop(attribute.whenTrue.id)
      tracker.drop(attribute.condition.id)
    } else {
      tracker.drop(attribute.id)
      tracker.cost++
    }
  }
}

/** `has(a.b)`: free but for the way there. */
export class PresenceStep extends AttributeStep {
  readonly #id: number
  constructor(id: number, attribute: Attribute) {
    super(attribute)
    this.#id = id
  }
  override get id(): number {
    return this.#id
  }
  protected override run(scope: Scope): CelValue {
    const value = this.attribute.resolve(scope)
    return value instanceof Optional ? value.value !== undefined : value
  }
  protected override charge(tracker: CostTracker): void {
    super.charge(tracker)
    tracker.cost--
  }
}
