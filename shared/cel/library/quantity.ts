import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  QuantityError,
  subtractQuantities,
} from '../../meta/quantity.ts'
import { boolType, doubleType, intType, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { CelError, type CelValue, isInt, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'

export const quantityType = structType('kubernetes.Quantity')

export class QuantityValue extends OpaqueValue {
  readonly type = quantityType
  readonly quantity: Quantity
  /** The power of ten that upstream keeps an integer with; undefined: it keeps a decimal. */
  readonly scale: number | undefined
  readonly #computed: boolean
  constructor(quantity: Quantity, scale: number | undefined, computed = false) {
    super()
    this.quantity = quantity
    this.scale = scale
    this.#computed = computed
  }
  equals(other: CelValue): boolean | CelError {
    // Upstream compares with what was read, not with what was reckoned.
    if (!(other instanceof QuantityValue) || other.#computed) return wrongArgument(other)
    return compareQuantities(this.quantity, other.quantity) === 0
  }
}

const billion = 1_000_000_000n

const read = (text: string): CelValue => {
  try {
    return new QuantityValue(parseQuantity(text), scaleOf(text))
  } catch (error) {
    if (error instanceof QuantityError) return new CelError(error.message)
    throw error
  }
}

const exponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

/** What upstream's fast path makes of a text; undefined: it is not for that path. */
const scaleOf = (text: string): number | undefined => {
  const [, whole = '', fraction = '', suffix = ''] = /^[+-]?([0-9]*)(?:\.([0-9]*))?(.*)$/.exec(text)!
  const digits = (whole.replace(/^0+/, '') || '0').length
  const shift = binary[suffix]
  if (shift !== undefined) return fraction === '' && 15 - digits - Math.trunc((shift * 3) / 10) - 1 >= 0 ? 0 : undefined
  const scale = (exponents[suffix] ?? Number(suffix.slice(1))) - fraction.length
  return digits + fraction.length <= 18 && scale >= -9 ? scale : undefined
}

const wholeOf = ({ quantity, scale }: QuantityValue): bigint | undefined =>
  scale !== undefined && scale >= 0 && isInt(quantity.nano / billion) ? quantity.nano / billion : undefined

const approximate = ({ quantity, scale }: QuantityValue): number => {
  if (scale === undefined) return Number(quantity.nano) / 1e9
  // Not `10 ** scale`, which is another number for some.
  return Number(quantity.nano / 10n ** BigInt(9 + scale)) * Number(`1e${scale}`)
}

const compare = (a: QuantityValue, b: QuantityValue): number => compareQuantities(a.quantity, b.quantity)
const ofInt = (units: bigint): Quantity => ({ nano: units * billion, format: 'DecimalExponent' })
type Combine = (a: Quantity, b: Quantity) => Quantity

const combined = (combine: Combine, a: QuantityValue, b: Quantity, scale: number | undefined): CelValue => {
  const result = combine(a.quantity, b)
  if (b.nano === 0n) return new QuantityValue(result, a.scale, true)
  if (a.quantity.nano === 0n) return new QuantityValue(result, scale, true)
  const least = a.scale === undefined || scale === undefined ? undefined : Math.min(a.scale, scale)
  return new QuantityValue(result, least, true)
}

const combining = (name: 'add' | 'sub', combine: Combine): FunctionDeclaration =>
  declare(name, [
    method(`quantity_${name}`, [quantityType, quantityType], quantityType, (a: QuantityValue, b: QuantityValue) =>
      combined(combine, a, b.quantity, b.scale),
    ),
    method(`quantity_${name}_int`, [quantityType, intType], quantityType, (a: QuantityValue, b: bigint) =>
      combined(combine, a, ofInt(b), 0),
    ),
  ])

export const quantity: readonly FunctionDeclaration[] = [
  declare('quantity', [overload('string_to_quantity', [stringType], quantityType, read)]),
  declare('isQuantity', [
    overload('is_quantity_string', [stringType], boolType, (text: string) => read(text) instanceof QuantityValue),
  ]),
  declare('sign', [
    overload('quantity_sign', [quantityType], intType, ({ quantity: { nano } }: QuantityValue) =>
      nano > 0n ? 1n : nano < 0n ? -1n : 0n,
    ),
  ]),
  declare('isGreaterThan', [
    method(
      'quantity_is_greater_than',
      [quantityType, quantityType],
      boolType,
      (a: QuantityValue, b: QuantityValue) => compare(a, b) > 0,
    ),
  ]),
  declare('isLessThan', [
    method(
      'quantity_is_less_than',
      [quantityType, quantityType],
      boolType,
      (a: QuantityValue, b: QuantityValue) => compare(a, b) < 0,
    ),
  ]),
  declare('compareTo', [
    method('quantity_compare_to', [quantityType, quantityType], intType, (a: QuantityValue, b: QuantityValue) =>
      BigInt(compare(a, b)),
    ),
  ]),
  declare('asApproximateFloat', [method('quantity_get_float', [quantityType], doubleType, approximate)]),
  declare('asInteger', [
    method(
      'quantity_get_int',
      [quantityType],
      intType,
      (value: QuantityValue) => wholeOf(value) ?? new CelError('cannot convert value to integer'),
    ),
  ]),
  declare('isInteger', [
    method('quantity_is_integer', [quantityType], boolType, (value: QuantityValue) => wholeOf(value) !== undefined),
  ]),
  combining('add', addQuantities),
  combining('sub', subtractQuantities),
]
