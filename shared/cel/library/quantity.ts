import { addQuantities, compareQuantities, parseQuantity, type Quantity, QuantityError, subtractQuantities } from '../../meta/quantity.ts'
import { boolType, doubleType, intType, stringType, structType } from '../type.ts'
import { wrongArgument } from '../value/compare.ts'
import { CelError, type CelValue, isInt, OpaqueValue } from '../value/value.ts'
import { declare, type FunctionDeclaration, method, overload } from './declaration.ts'

export const quantityType = structType('kubernetes.Quantity')

export class QuantityValue extends OpaqueValue {
  readonly type = quantityType
  readonly quantity: Quantity
  readonly #computed: boolean
  constructor(quantity: Quantity, computed = false) {
    super()
    this.quantity = quantity
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
    return new QuantityValue(parseQuantity(text))
  } catch (error) {
    if (error instanceof QuantityError) return new CelError(error.message)
    throw error
  }
}

const wholeOf = ({ quantity }: QuantityValue): bigint | undefined => {
  const { nano } = quantity
  return nano % billion === 0n && isInt(nano / billion) ? nano / billion : undefined
}

const approximate = ({ quantity }: QuantityValue): number => {
  const { nano } = quantity
  return nano % billion === 0n ? Number(nano / billion) : Number(nano) / 1e9
}

const compare = (a: QuantityValue, b: QuantityValue): number => compareQuantities(a.quantity, b.quantity)
const ofInt = (units: bigint): Quantity => ({ nano: units * billion, format: 'DecimalExponent' })
type Combine = (a: Quantity, b: Quantity) => Quantity

const combining = (name: 'add' | 'sub', combine: Combine): FunctionDeclaration =>
  declare(name, [
    method(`quantity_${name}`, [quantityType, quantityType], quantityType, (a: QuantityValue, b: QuantityValue) =>
      new QuantityValue(combine(a.quantity, b.quantity), true),
    ),
    method(`quantity_${name}_int`, [quantityType, intType], quantityType, (a: QuantityValue, b: bigint) =>
      new QuantityValue(combine(a.quantity, ofInt(b)), true),
    ),
  ])

export const quantity: readonly FunctionDeclaration[] = [
  declare('quantity', [overload('string_to_quantity', [stringType], quantityType, read)]),
  declare('isQuantity', [overload('is_quantity_string', [stringType], boolType, (text: string) => read(text) instanceof QuantityValue)]),
  declare('sign', [
    overload('quantity_sign', [quantityType], intType, ({ quantity: { nano } }: QuantityValue) => (nano > 0n ? 1n : nano < 0n ? -1n : 0n)),
  ]),
  declare('isGreaterThan', [
    method('quantity_is_greater_than', [quantityType, quantityType], boolType, (a: QuantityValue, b: QuantityValue) => compare(a, b) > 0),
  ]),
  declare('isLessThan', [
    method('quantity_is_less_than', [quantityType, quantityType], boolType, (a: QuantityValue, b: QuantityValue) => compare(a, b) < 0),
  ]),
  declare('compareTo', [
    method('quantity_compare_to', [quantityType, quantityType], intType, (a: QuantityValue, b: QuantityValue) => BigInt(compare(a, b))),
  ]),
  declare('asApproximateFloat', [method('quantity_get_float', [quantityType], doubleType, approximate)]),
  declare('asInteger', [
    method('quantity_get_int', [quantityType], intType, (value: QuantityValue) => wholeOf(value) ?? new CelError('cannot convert value to integer')),
  ]),
  declare('isInteger', [
    method('quantity_is_integer', [quantityType], boolType, (value: QuantityValue) => wholeOf(value) !== undefined),
  ]),
  combining('add', addQuantities),
  combining('sub', subtractQuantities),
]
