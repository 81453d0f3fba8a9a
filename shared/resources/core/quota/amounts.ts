import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  subtractQuantities,
  zeroQuantity,
} from '../../../meta/quantity.ts'

/** Amounts of resources by name: v1.ResourceList, to reckon with. */
export type Amounts = ReadonlyMap<string, Quantity>

type Texts = Readonly<Record<string, string>>

export const amountsOf = (texts: Texts | undefined): Amounts =>
  new Map(Object.entries(texts ?? {}).map(([name, text]) => [name, parseQuantity(text)]))

/** In the order of names. */
export const textsOf = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries([...amounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, amount]) => [name, formatQuantity(amount)]))

/** `cpu=500m,pods=1` */
export const shownAmounts = (amounts: Amounts): string =>
  Object.entries(textsOf(amounts))
    .map(([name, text]) => `${name}=${text}`)
    .join(',')

export const plus = (a: Amounts, b: Amounts): Amounts => {
  const sum = new Map(a)
  for (const [name, amount] of b) sum.set(name, addQuantities(sum.get(name) ?? zeroQuantity, amount))
  return sum
}

/** Never less than nothing; what only `b` has is nothing too. */
export const minus = (a: Amounts, b: Amounts): Amounts => {
  const rest = new Map(a)
  for (const [name, amount] of b) {
    const left = subtractQuantities(rest.get(name) ?? zeroQuantity, amount)
    rest.set(name, left.nano > 0n ? left : { ...zeroQuantity, format: left.format })
  }
  return rest
}

export const ofNames = (amounts: Amounts, isWanted: (name: string) => boolean): Amounts =>
  new Map([...amounts].filter(([name]) => isWanted(name)))

export const withoutZeros = (amounts: Amounts): Amounts => new Map([...amounts].filter(([, { nano }]) => nano !== 0n))

/** Names of which `a` has more than `b` says. */
export const namesOver = (a: Amounts, b: Amounts): string[] =>
  [...a].filter(([name, amount]) => b.has(name) && compareQuantities(amount, b.get(name)!) > 0).map(([name]) => name)

export const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  a.size === b.size && [...a].every(([name, amount]) => b.has(name) && compareQuantities(amount, b.get(name)!) === 0)
