/** A time span as tables show it, in two or three significant figures: `45s`, `5m30s`, `3h12m`, `47h`, `2d3h`, `400d`. */
export const humanDuration = (ms: number): string => {
  const seconds = Math.trunc(ms / 1000)
  // clocks of machines differ by a little
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (days < 8) return withRest(days, 'd', hours % 24, 'h')
  if (days < 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  return years < 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

/** The age of a timestamp; `<unknown>` when there is none. */
export const humanAge = (time: string | null | undefined, nowMs: number): string =>
  time === undefined || time === null ? '<unknown>' : humanDuration(nowMs - Date.parse(time))

const withRest = (whole: number, unit: string, rest: number, restUnit: string) =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`
