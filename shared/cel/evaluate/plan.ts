import { patternFault } from '../../meta/pattern/pattern.ts'
import type { CheckedExpression } from '../check/checked.ts'
import type { Environment } from '../environment.ts'
import { regexCalls } from '../library/regex-call.ts'
import { conversions } from '../library/standard/conversion.ts'
import type { Call, Expression, MapExpression, Select } from '../parse/expression.ts'
import { CelError, CelList, type CelValue, ValueMap } from '../value/value.ts'
import {
  type Attribute,
  AttributeStep,
  ComputedQualifier,
  ConditionalAttribute,
  ConstantQualifier,
  invalidQualifier,
  PresenceStep,
  type Qualifier,
  RelativeAttribute,
  VariableAttribute,
} from './attribute.ts'
import { bindingOf } from './binding.ts'
import { CallStep } from './call-step.ts'
import { ListStep, MapStep, StructStep } from './collection-step.ts'
import { LoopStep } from './loop-step.ts'
import { equalStep, LogicalStep, MembershipStep, notEqualStep, OptionalOrStep } from './operator-step.ts'
import { ConstantPatternStep, PatternStep } from './pattern-step.ts'
import { ConstantStep, type Step } from './step.ts'

/** Thrown where a checked expression can't be made ready: a constant that does not convert, a bad pattern. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}

const conversionNames = new Set(conversions.map(({ name }) => name))
const optionalOverloads: Readonly<Record<string, string>> = { or: 'optional_or_optional', orValue: 'optional_orValue_value' }

/** What evaluates a checked expression. Throws PlanError. */
export const plan = (checked: CheckedExpression, environment: Environment): Step =>
  new Planner(checked, environment).plan(checked.root)

class Planner {
  readonly #checked: CheckedExpression
  readonly #environment: Environment

  constructor(checked: CheckedExpression, environment: Environment) {
    this.#checked = checked
    this.#environment = environment
  }

  plan(node: Expression): Step {
    switch (node.kind) {
      case 'literal':
        return new ConstantStep(node.id, node.value)
      case 'identifier':
        return this.#identifier(node.id, node.name)
      case 'select':
        return this.#select(node)
      case 'call':
        return this.#call(node)
      case 'list':
        return this.#constantList(
          new ListStep(
            node.id,
            node.elements.map((one) => this.plan(one)),
            node.optional,
          ),
        )
      case 'map':
        return this.#map(node)
      case 'struct':
        return new StructStep(
          node.id,
          node.typeName,
          node.fields.map(({ value }) => this.plan(value)),
        )
      case 'comprehension':
        return new LoopStep(node, {
          initial: this.plan(node.initial),
          range: this.plan(node.range),
          condition: this.plan(node.condition),
          step: this.plan(node.step),
          result: this.plan(node.result),
        })
      default:
        throw new PlanError('unsupported expr')
    }
  }

  #identifier(id: number, name: string): Step {
    if (this.#checked.types.get(id)?.kind === 'type') {
      const type = this.#environment.typeNamed(name)?.parameters[0]
      // A variable that holds a type is taken for a type's name too.
      if (!type) throw new PlanError(`reference to undefined type: ${name}`)
      return new ConstantStep(id, type)
    }
    return new AttributeStep(new VariableAttribute(id, name))
  }

  #attributeOf(step: Step): AttributeStep {
    return step instanceof AttributeStep ? step : new AttributeStep(new RelativeAttribute(step.id, step))
  }

  #select(node: Select): Step {
    const { attribute } = this.#attributeOf(this.plan(node.operand))
    attribute.add(new ConstantQualifier(node.id, node.field, { testOnly: node.testOnly }))
    return node.testOnly ? new PresenceStep(node.id, attribute) : new AttributeStep(attribute)
  }

  #index(id: number, [operand, key]: readonly Step[], optional: boolean): Step {
    const { attribute } = this.#attributeOf(operand!)
    attribute.add(this.#qualifier(id, key!, optional))
    return new AttributeStep(attribute)
  }

  #qualifier(id: number, key: Step, optional: boolean): Qualifier {
    if (key instanceof ConstantStep) {
      const invalid = invalidQualifier(key.value)
      if (invalid) throw new PlanError(invalid)
      return new ConstantQualifier(id, key.value, { optional })
    }
    if (key instanceof AttributeStep) return new ComputedQualifier(id, key.attribute, { optional, own: false })
    return new ComputedQualifier(id, new RelativeAttribute(id, key), { optional, own: true })
  }

  #call(node: Call): Step {
    const overloads = this.#checked.references.get(node.id)?.overloads ?? []
    const overload = overloads.length === 1 ? overloads[0]! : ''
    const args = (node.target ? [node.target, ...node.args] : node.args).map((arg) => this.plan(arg))
    switch (node.name) {
      case '_&&_':
        return new LogicalStep(node.id, false, args)
      case '_||_':
        return new LogicalStep(node.id, true, args)
      case '_?_:_':
        return this.#conditional(node.id, args)
      case '_==_':
        return equalStep(node.id, args)
      case '_!=_':
        return notEqualStep(node.id, args)
      case '_[_]':
        return this.#index(node.id, args, false)
      case '_?._':
      case '_[?_]':
        return this.#index(node.id, args, true)
    }
    const optional = optionalOverloads[node.name]
    if (optional && args.length === 2 && (overload === '' || overload === optional))
      return new OptionalOrStep(node.id, [args[0]!, args[1]!], node.name === 'orValue')
    return this.#optimized(this.#function(node, overload, args))
  }

  #function({ id, name }: Call, overload: string, args: readonly Step[]): CallStep {
    const binding = bindingOf(this.#environment, name, overload)
    const pattern = args[1]
    if (regexCalls[name] && pattern instanceof ConstantStep && typeof pattern.value === 'string') {
      const fault = patternFault(pattern.value)
      if (fault) throw new PlanError(fault.message)
      const parts = { name, overload, args, stopsEarly: true }
      return new ConstantPatternStep(id, parts, { expression: pattern.value, call: regexCalls[name] })
    }
    const parts = { name, overload, args, nonStrict: binding.nonStrict, stopsEarly: args.length > 2 || binding.stopsEarly }
    return new (regexCalls[name] ? PatternStep : CallStep)(id, parts, binding.call)
  }

  #conditional(id: number, [condition, whenTrue, whenFalse]: readonly Step[]): Step {
    const attribute = (step: Step): Attribute =>
      step instanceof AttributeStep ? step.attribute : new RelativeAttribute(step.id, step)
    return new AttributeStep(
      new ConditionalAttribute(id, { condition: condition!, whenTrue: attribute(whenTrue!), whenFalse: attribute(whenFalse!) }),
    )
  }

  /** Constants are converted and looked up once, and then cost nothing. */
  #optimized(step: CallStep): Step {
    const { name, overload, args } = step.parts
    const [first, second] = args
    if (overload === 'in_list' && second instanceof ConstantStep) return this.#membership(step, second.value)
    if (!conversionNames.has(name) || args.length !== 1 || !(first instanceof ConstantStep)) return step
    const value = first.value instanceof CelError ? first.value : step.invoke([first.value])
    if (value instanceof CelError) throw new PlanError(value.message)
    return new ConstantStep(step.id, value)
  }

  #membership(step: CallStep, list: CelValue): Step {
    if (!(list instanceof CelList)) return step
    if (list.size === 0) return new ConstantStep(step.id, false)
    const known = new ValueMap()
    for (const item of list) {
      if (invalidQualifier(item)) return step
      known.set(item, true)
    }
    return new MembershipStep(step.id, step.parts.args[0]!, (value) => known.findNumber(value) !== undefined)
  }

  #constantList(step: ListStep): Step {
    if (!step.elements.every((one) => one instanceof ConstantStep)) return step
    return new ConstantStep(
      step.id,
      step.build((one) => (one as ConstantStep).value),
    )
  }

  #map(node: MapExpression): Step {
    const entries = node.entries.map(({ key, value, optional }) => ({ key: this.plan(key), value: this.plan(value), optional }))
    const step = new MapStep(node.id, entries)
    const constant = entries.every(
      ({ key, value }) => key instanceof ConstantStep && !(key.value instanceof Uint8Array) && value instanceof ConstantStep,
    )
    return constant
      ? new ConstantStep(
          step.id,
          step.build((one) => (one as ConstantStep).value),
        )
      : step
  }
}
