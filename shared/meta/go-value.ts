import { compareText } from './fields/path-element.ts'

/** As Go's `%T`. */
export const goType = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'number' ? 'float64' : 'string'
}

/** As Go's `%v`. */
export const goText = (value: unknown): string => {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  return `map[${sorted(value)
    .map(([name, one]) => `${name}:${goText(one)}`)
    .join(' ')}]`
}

/** As Go's `%#v`. */
export const goSyntax = (value: unknown): string => {
  if (value === null) return 'interface {}(nil)'
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  return `map[string]interface {}{${sorted(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${goSyntax(one)}`)
    .join(', ')}}`
}

const sorted = (map: object | undefined) => Object.entries(map ?? {}).sort(([a], [b]) => compareText(a, b))
