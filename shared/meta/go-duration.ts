/** Milliseconds as Go's time.Duration prints them: `10.008s`, `1m0s`, `250ms`, `0s`. */
export const goDuration = (ms: number): string => {
  if (ms === 0) return '0s'
  const whole = Math.trunc(Math.abs(ms))
  const sign = ms < 0 ? '-' : ''
  if (whole < 1000) return `${sign}${whole}ms`
  const [hours, minutes, rest] = [Math.trunc(whole / 3_600_000), Math.trunc(whole / 60_000) % 60, whole % 60_000]
  const seconds = `${Number((rest / 1000).toFixed(3))}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}
