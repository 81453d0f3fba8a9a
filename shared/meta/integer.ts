const bounds = { ParseInt: [-(2n ** 63n), 2n ** 63n - 1n], ParseUint: [0n, 2n ** 64n - 1n] } as const

/** As Go's strconv reads a number of 64 bits; the text says what is wrong with it. */
export const readInteger = (text: string, by: keyof typeof bounds): bigint | string => {
  const failed = (why: string) => `strconv.${by}: parsing ${JSON.stringify(text)}: ${why}`
  if (!(by === 'ParseInt' ? /^[-+]?\d+$/ : /^\d+$/).test(text)) return failed('invalid syntax')
  // No number of so many digits is in range, and it would cost time to read.
  const digits = text.replace(/^([-+]?)0+(?=\d)/, '$1').replace('+', '')
  const value = digits.length > 20 ? undefined : BigInt(digits)
  const [least, most] = bounds[by]
  return value === undefined || value < least || value > most ? failed('value out of range') : value
}
