const context = 3

/** The lines that differ between two values of JSON, in unified form with one hunk; '' when nothing does. */
export const unifiedDiff = (before: unknown, after: unknown): string => {
  const [old, now] = [lines(before), lines(after)]
  const start = commonLength(old, now)
  if (start === old.length && start === now.length) return ''
  const end = commonLength(old.slice(start).reverse(), now.slice(start).reverse())
  const from = Math.max(0, start - context)
  const oldTo = Math.min(old.length, old.length - end + context)
  const nowTo = Math.min(now.length, now.length - end + context)
  return [
    `@@ -${from + 1},${oldTo - from} +${from + 1},${nowTo - from} @@`,
    ...old.slice(from, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
    ...old.slice(old.length - end, oldTo).map((line) => ` ${line}`),
    '',
  ].join('\n')
}

const lines = (value: unknown) => (JSON.stringify(value, null, 1) ?? '').split('\n')

const commonLength = (a: readonly string[], b: readonly string[]) => {
  const index = a.findIndex((line, position) => line !== b[position])
  return index < 0 ? a.length : index
}
