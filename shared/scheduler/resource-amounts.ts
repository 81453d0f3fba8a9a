import { toMillis, toUnits } from '../meta/quantity.ts'

/** Amounts by resource name: CPU in thousandths, everything else in whole units (bytes, pieces). */
export type Amounts = Readonly<Record<string, number>>

/** The same few texts come again and again. */
const parsed = new Map<string, number>()

export const amountOf = (resource: string, quantity: string): number => {
  const key = resource === 'cpu' ? `${quantity} cpu` : quantity
  const known = parsed.get(key)
  if (known !== undefined) return known
  const amount = resource === 'cpu' ? toMillis(quantity) : toUnits(quantity)
  if (parsed.size > 10_000) parsed.clear()
  parsed.set(key, amount)
  return amount
}

export const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): Amounts => {
  const amounts: Record<string, number> = {}
  for (const resource in quantities) amounts[resource] = amountOf(resource, quantities[resource]!)
  return amounts
}

export const plus = (a: Amounts, b: Amounts, sign: 1 | -1 = 1): Amounts => {
  const sum: Record<string, number> = { ...a }
  for (const resource in b) sum[resource] = (sum[resource] ?? 0) + sign * b[resource]!
  return sum
}

export const largest = (a: Amounts, b: Amounts): Amounts => {
  const most: Record<string, number> = { ...a }
  for (const resource in b) most[resource] = Math.max(most[resource] ?? 0, b[resource]!)
  return most
}
