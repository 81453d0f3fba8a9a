/**
 * JSON without loss: an integer that a double can't hold is a bigint, all others are numbers, so that equal values stay equal (`===`). What
 * is read in order to be written again is read so, by the API server and the controllers beside it; agents have numbers.
 */
export const parseExactJson = (text: string): unknown =>
  longInteger.test(text) ? JSON.parse(text, exactly as Reviver) : JSON.parse(text)

/** The closest thing to a bigint that may also be a number. */
export const exactInteger = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

type Reviver = (key: string, value: unknown) => unknown

/** Text that may hold one; that it also stands in strings only costs time. Most texts have none, and are parsed natively. */
const longInteger = /[[,:]\s*-?\d{16}|^\s*-?\d{16}/

const exactly = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value

// JSON.stringify has no other way to write a bigint that would not make it slow for everything else.
Object.defineProperty(BigInt.prototype, 'toJSON', {
  value(this: bigint): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.toString())
  },
  writable: true,
  configurable: true,
})
