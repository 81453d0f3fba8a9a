/** Digits and exponent of the shortest text that reads back as the same double: `0.digits × 10^point`. */
const shortest = (value: number): { sign: string; digits: string; point: number } => {
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e') as [string, string]
  return { sign: value < 0 || Object.is(value, -0) ? '-' : '', digits: mantissa.replace('.', ''), point: Number(exponent) + 1 }
}

const special = (value: number): string | undefined =>
  Number.isNaN(value)
    ? 'NaN'
    : value === Number.POSITIVE_INFINITY
      ? '+Inf'
      : value === Number.NEGATIVE_INFINITY
        ? '-Inf'
        : undefined

const plain = ({ sign, digits, point }: ReturnType<typeof shortest>): string => {
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** As Go's `%g`. */
export const generalText = (value: number): string => {
  const odd = special(value)
  if (odd) return odd
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const parts = shortest(value)
  const exponent = parts.point - 1
  if (exponent >= -4 && exponent < 6) return plain(parts)
  const rest = parts.digits.length > 1 ? `.${parts.digits.slice(1)}` : ''
  return `${parts.sign}${parts.digits[0]}${rest}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** Without an exponent, as many digits as it takes. */
export const plainText = (value: number): string =>
  special(value) ?? (value === 0 ? (Object.is(value, -0) ? '-0' : '0') : plain(shortest(value)))

/** The exact value of a double as an integer over a power of two. */
const exact = (value: number): { numerator: bigint; denominator: bigint } => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n
  const power = BigInt(Math.max(exponent, 1) - 1075)
  return power >= 0n ? { numerator: mantissa << power, denominator: 1n } : { numerator: mantissa, denominator: 1n << -power }
}

/** Rounded half to even, as Go rounds. */
const rounded = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient
}

const isNegative = (value: number) => value < 0 || Object.is(value, -0)

/** As Go's `%.6f`. */
export const fixedText = (value: number, precision: number): string => {
  const { numerator, denominator } = exact(Math.abs(value))
  const digits = rounded(numerator * 10n ** BigInt(precision), denominator)
    .toString()
    .padStart(precision + 1, '0')
  const whole = precision ? digits.slice(0, -precision) : digits
  return `${isNegative(value) ? '-' : ''}${whole}${precision ? `.${digits.slice(-precision)}` : ''}`
}

/** As upstream's locale writes it: `1,234.50`. */
export const groupedText = (value: number, precision: number): string =>
  fixedText(value === 0 ? 0 : value, precision).replace(
    /^(-?)(\d+)/,
    (_, sign, whole) => sign + whole.replace(/\B(?=(?:\d{3})+$)/g, ','),
  )

const superscript = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** As upstream's locale writes it: `1.234568×10⁰⁶`. */
export const scientificText = (value: number): string => {
  const precision = 6
  const [mantissa, power] = Math.abs(value).toExponential(precision).split('e') as [string, string]
  const exponent = Math.abs(Number(power)).toString().padStart(2, '0')
  return `${value < 0 ? '-' : ''}${mantissa}×10${Number(power) < 0 ? '⁻' : ''}${exponent.replace(/\d/g, (digit) => superscript[Number(digit)]!)}`
}
