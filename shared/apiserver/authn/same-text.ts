import { timingSafeEqual } from 'node:crypto'

/** Takes no less time for a text that begins rightly. */
export const sameText = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
