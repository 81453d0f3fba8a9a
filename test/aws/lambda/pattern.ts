/**
 * Whether an event fits a pattern of EventBridge, which filters of event source mappings share.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html; operators nobody here uses are refused.
 */
export const fits = (pattern: Readonly<Record<string, unknown>>, event: unknown): boolean =>
  Object.entries(pattern).every(([key, wanted]) => {
    const value = (event as Record<string, unknown> | undefined)?.[key]
    if (!Array.isArray(wanted)) return fits(wanted as Record<string, unknown>, value)
    const values: unknown[] = Array.isArray(value) ? value : [value]
    return wanted.some((one: unknown) => values.some((each) => fitsOne(one, each)))
  })

const fitsOne = (wanted: unknown, value: unknown): boolean => {
  if (wanted === null || typeof wanted !== 'object') return wanted === value
  const [operator = '', operand] = Object.entries(wanted)[0] ?? []
  const test = operators[operator]
  if (!test) throw new Error(`the pattern uses "${operator}", which is not played here`)
  return test(operand, value)
}

const operators: Readonly<Record<string, (operand: unknown, value: unknown) => boolean>> = {
  prefix: (operand, value) => typeof value === 'string' && value.startsWith(String(operand)),
  exists: (operand, value) => (value !== undefined) === operand,
  'anything-but': (operand, value) => value !== undefined && !(Array.isArray(operand) ? operand : [operand]).includes(value),
}
