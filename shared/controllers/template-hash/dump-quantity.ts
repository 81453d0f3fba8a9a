import { canonicalQuantity } from '../../meta/quantity.ts'

/** How upstream's parser keeps a quantity: small ones as a scaled integer, others as a decimal of any size. Only what it finds canonical keeps its text. */
export const dumpQuantity = (value: unknown): string => {
  const text = canonicalQuantity((value ?? '0') as string | number)
  if (text === '0') return print({ amount: [0n, 0], text, format: 'DecimalSI' })
  const [, sign = '', whole = '', fraction = '', suffix = ''] = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/.exec(text) ?? []
  const { base, exponent, format } = readSuffix(suffix)
  const number = whole.replace(/^0+/, '') || (fraction ? '' : '0')
  const digits = `${number}${fraction}`
  const factor = base === 2 ? 2n ** BigInt(exponent) : 1n
  const scale = (base === 2 ? 0 : exponent) - fraction.length
  const result = BigInt(digits || 0) * factor * (sign === '-' ? -1n : 1n)
  if (!isSmall({ base, exponent, number, fraction, scale, result }))
    return printDecimal(result * 10n ** BigInt(9 + scale), format)
  const canonical =
    base === 2
      ? exponent % 10 === 0 && (BigInt(digits || 0) & 7n) !== 0n
      : scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  return print({ amount: [result, scale], text: canonical ? text : '', format })
}

interface Suffix {
  readonly base: 2 | 10
  readonly exponent: number
  readonly format: string
}

const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const readSuffix = (suffix: string): Suffix => {
  const power = binary.indexOf(suffix)
  if (power >= 0) return { base: 2, exponent: 10 * (power + 1), format: 'BinarySI' }
  const thousands = decimal.indexOf(suffix)
  if (thousands >= 0) return { base: 10, exponent: 3 * (thousands - 3), format: 'DecimalSI' }
  return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' }
}

const isSmall = (read: {
  base: 2 | 10
  exponent: number
  number: string
  fraction: string
  scale: number
  result: bigint
}): boolean => {
  const { base, exponent, number, fraction, scale, result } = read
  const precision =
    base === 2
      ? fraction.length > 0
        ? -1
        : 15 - number.length - Math.trunc((exponent * 3) / 10) - 1
      : 18 - number.length - fraction.length
  return precision >= 0 && scale >= -9 && BigInt.asIntN(64, result) === result
}

const print = ({ amount: [value, scale], text, format }: { amount: [bigint, number]; text: string; format: string }): string =>
  `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`

/** In nanos. */
const printDecimal = (value: bigint, format: string): string => {
  const words: bigint[] = []
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) words.push(BigInt.asUintN(64, rest))
  const unscaled = `{neg:(bool)${value < 0n} abs:(big.nat)[${words.join(' ')}]}`
  return `{i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec){unscaled:(big.Int)${unscaled} scale:(inf.Scale)9}} s:(string) Format:(resource.Format)${format}}`
}
