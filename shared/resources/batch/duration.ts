const units = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']

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
    if (!units.includes(unit)) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`
    rest = rest.slice(unit.length)
  }
  return undefined
}
