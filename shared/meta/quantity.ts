/** resource.Quantity: exact amounts with a suffix, down to a billionth. */
export interface Quantity {
  /** in billionths */
  readonly nano: bigint
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent'
}

const billion = 1_000_000_000n
const maxInt64 = 2n ** 63n - 1n
const decimalExponents: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binaryExponents: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n }
const decimalSuffixes = Object.fromEntries(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]))
const binarySuffixes = Object.keys(binaryExponents)

const wrongFormat = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const expression = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/

/** What is wrong with the text, in upstream's words. */
export class QuantityError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'QuantityError'
  }
}

/** `100m`, `1.5`, `128Mi`, `1e3`. Throws QuantityError. */
export const parseQuantity = (text: string): Quantity => {
  const match = text === '' ? null : expression.exec(text)
  if (!match) throw new QuantityError(wrongFormat)
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  const digits = BigInt(`${whole}${fraction}` || '0')
  const binary = binaryExponents[suffix]
  // Nothing is zero to upstream, but where it reckons with decimals.
  const decimal = binary === undefined ? decimalExponent(suffix) < -9 : binary >= 50n
  if (whole === '' && fraction === '' && decimal) throw new QuantityError('unable to parse numeric part of quantity')
  const amount =
    binary === undefined
      ? scaled(digits, decimalExponent(suffix) - fraction.length + 9)
      : capped(scaled(digits << binary, 9 - fraction.length))
  const format = binary === undefined ? decimalFormat(suffix) : amount > 0n && amount < billion ? 'DecimalSI' : 'BinarySI'
  return { nano: sign === '-' ? -amount : amount, format }
}

/** As numbers of the wire are accepted too. */
export const parseQuantityValue = (value: string | number): Quantity => parseQuantity(String(value))

const decimalFormat = (suffix: string) =>
  decimalExponents[suffix] === undefined ? ('DecimalExponent' as const) : ('DecimalSI' as const)

const decimalExponent = (suffix: string): number => {
  const known = decimalExponents[suffix]
  if (known !== undefined) return known
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)
  // a thousand digits are more than anyone means, and each costs memory
  if (!exponent || Math.abs(Number(exponent[1])) > 1000) throw new QuantityError("unable to parse quantity's suffix")
  return Number(exponent[1])
}

/** times a power of ten, rounded away from zero: who asks for a little gets a little */
const scaled = (value: bigint, power: number): bigint =>
  power >= 0 ? value * 10n ** BigInt(power) : divideUp(value, 10n ** BigInt(-power))

const divideUp = (value: bigint, by: bigint): bigint => {
  const quotient = value / by
  if (value % by === 0n) return quotient
  return value > 0n ? quotient + 1n : quotient - 1n
}

const capped = (nano: bigint) => (nano > maxInt64 * billion ? maxInt64 * billion : nano)

/** The canonical text: the largest suffix that leaves no fraction. */
export const formatQuantity = ({ nano, format }: Quantity): string => {
  if (nano === 0n) return '0'
  const wholeBinary = format === 'BinarySI' && nano % billion === 0n && (nano >= 1024n * billion || nano <= -1024n * billion)
  return wholeBinary ? formatBinary(nano / billion) : formatDecimal(nano, format === 'DecimalExponent')
}

const formatBinary = (whole: bigint): string => {
  let value = whole
  let power = 0
  while (power < binarySuffixes.length && value % 1024n === 0n) {
    value /= 1024n
    power++
  }
  return `${value}${power === 0 ? '' : binarySuffixes[power - 1]}`
}

const formatDecimal = (nano: bigint, exponential: boolean): string => {
  let value = nano
  let exponent = -9
  while (value % 1000n === 0n && (exponential || exponent < 18)) {
    value /= 1000n
    exponent += 3
  }
  if (exponential) return exponent === 0 ? `${value}` : `${value}e${exponent}`
  return `${value}${decimalSuffixes[exponent]}`
}

/** The text as a server stores it: `1000m` → `1`, `0.5` → `500m`. Throws QuantityError. */
export const canonicalQuantity = (value: string | number): string => {
  const text = String(value)
  const quantity = parseQuantity(text)
  return isKept(text) ? text : formatQuantity(quantity)
}

/** Upstream leaves a text alone that its fast path reads without a loss and takes for canonical, though it need not be: `1.250`, `+1Mi`. */
const isKept = (text: string): boolean => {
  const [, , whole = '', fraction = '', suffix = ''] = expression.exec(text)!
  const significant = whole.replace(/^0+/, '') || '0'
  const binary = binaryExponents[suffix]
  if (binary !== undefined) {
    const precise = fraction === '' && 14 - significant.length - Math.trunc((Number(binary) * 3) / 10) >= 0
    return precise && BigInt(significant) % 8n !== 0n
  }
  const digits = significant + fraction
  const scale = decimalExponent(suffix) - fraction.length
  const precise = digits.length <= 18 && scale >= -9
  return precise && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
}

export const compareQuantities = (a: Quantity, b: Quantity): number => (a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0)

/** The first one's format is kept unless it is zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano + b.nano,
  format: a.nano === 0n ? b.format : a.format,
})

export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano - b.nano,
  format: a.nano === 0n ? b.format : a.format,
})

export const zeroQuantity: Quantity = { nano: 0n, format: 'DecimalSI' }

/** Thousandths, rounded up: CPU as the scheduler counts it. */
export const toMillis = (value: Quantity | string | number): number => Number(divideUp(quantity(value).nano, 1_000_000n))
/** Whole units, rounded up: bytes, pods. */
export const toUnits = (value: Quantity | string | number): number => Number(divideUp(quantity(value).nano, billion))

const quantity = (value: Quantity | string | number): Quantity => (typeof value === 'object' ? value : parseQuantityValue(value))
