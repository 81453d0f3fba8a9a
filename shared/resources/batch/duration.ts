const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** What Go's time.ParseDuration says against a text; nothing when it is a duration. */
export const durationError = (text: string): string | undefined => {
  const quoted = JSON.stringify(text)
  const wrong = `time: invalid duration ${quoted}`
  let rest = text.replace(/^[+-]/, '')
  if (rest === '0') return undefined
  if (rest === '') return wrong
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest)
    if (!number || !/\d/.test(number[0])) return wrong
    rest = rest.slice(number[0].length)
    const [unit = ''] = /^[^\d.]*/.exec(rest) ?? []
    if (unit === '') return `time: missing unit in duration ${quoted}`
    if (!Object.hasOwn(unitMs, unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
    rest = rest.slice(unit.length)
  }
  return Math.abs(durationMs(text)) > mostMs ? wrong : undefined
}

/** Go counts nanoseconds in 63 bits. */
const mostMs = 2 ** 63 / 1e6

/** Of a text without an error. */
export const durationMs = (text: string): number => {
  const parts = text.matchAll(/(\d*\.?\d*)([^\d.+-]+)/g)
  const ms = [...parts].reduce((sum, [, number = '', unit = '']) => sum + Number(number) * (unitMs[unit] ?? 0), 0)
  return text.startsWith('-') ? -ms : ms
}
