import { compareText } from '../../meta/fields/path-element.ts'

/** As Go's encoding/json writes it: keys sorted, and safe within HTML. Undefined fields are absent. */
export const goJson = (value: unknown): string => escapeHtml(JSON.stringify(sorted(value)))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, field]) => [name, sorted(field)]),
  )
}

const escapeHtml = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
