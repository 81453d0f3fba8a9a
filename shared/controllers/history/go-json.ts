import { compareText } from '../../meta/fields/path-element.ts'

/** As Go's encoding/json writes it: keys sorted, and safe within HTML. Undefined fields are absent. */
export const goJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return escapeHtml(JSON.stringify(value))
  return `{${sortedEntries(value)
    .map(([name, field]) => `${escapeHtml(JSON.stringify(name))}:${goJson(field)}`)
    .join(',')}}`
}

/** The value with its keys in Go's order: who reads raw bytes compares them. */
export const inGoOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inGoOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(sortedEntries(value).map(([name, field]) => [name, inGoOrder(field)]))
}

const sortedEntries = (object: object): [string, unknown][] =>
  Object.entries(object)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => compareText(a, b))

const escapeHtml = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
