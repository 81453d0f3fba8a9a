import { formatQuantity, parseQuantity } from '../../meta/quantity.ts'

const milli = 1_000_000n

/** Nothing is counted finer than in thousandths. In place. */
export const roundUpAmounts = (...lists: readonly (Record<string, string> | undefined)[]): void => {
  // only texts with these suffixes can be finer
  for (const list of lists)
    for (const [name, text] of Object.entries(list ?? {}))
      if (/[nu]$/.test(text)) {
        const { nano, format } = parseQuantity(text)
        list![name] = formatQuantity({ nano: ((nano + milli - 1n) / milli) * milli, format })
      }
}
