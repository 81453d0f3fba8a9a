import names from './time-zones.json' with { type: 'json' }

const known = new Set(names)

/** What Go's time.LoadLocation says against a name; nothing when there is such a zone. */
export const locationError = (name: string): string | undefined => {
  if (name === '' || name === 'Local' || known.has(name)) return undefined
  const isPath = name.split('/').includes('..') || name.startsWith('/') || name.startsWith('\\')
  return isPath ? 'time: invalid location name' : `unknown time zone ${name}`
}
