import { goSyntax, goText, goType } from '../go-value.ts'
import type { FieldType, ListType, MapType, ScalarType } from './field-type.ts'
import { FieldTypeError, itemElement } from './item-element.ts'
import { kindOfValue } from './kind-of-value.ts'
import { compareText, elementText, fieldElement } from './path-element.ts'

interface Finding {
  readonly path: string
  readonly message: string
}

/**
 * Checks an object against its type, one that someone applies or, with `duplicates`, one that is there. Throws FieldTypeError with all that is
 * wrong, in upstream's words.
 */
export const validateTyped = (object: unknown, type: FieldType, { duplicates = false } = {}): void => {
  const found = findingsOf(object, type, duplicates)
  const lines = found.map(({ path, message }) => (path ? `${path}: ${message}` : message))
  if (lines.length === 1) throw new FieldTypeError(lines[0])
  if (lines.length > 1) throw new FieldTypeError(['errors:', ...lines.map((line) => `  ${line}`)].join('\n'))
}

const findingsOf = (value: unknown, type: FieldType, duplicates: boolean): Finding[] => {
  const kind = kindOfValue(type, value)
  if (kind === 'map') return mapFindings(value, type.map!, duplicates)
  return kind === 'list' ? listFindings(value, type.list!, duplicates) : scalarFindings(value, type.scalar)
}

const wrong = (message: string): Finding[] => [{ path: '', message }]
const below = (prefix: string, found: readonly Finding[]): Finding[] =>
  found.map(({ path, message }) => ({ path: prefix + path, message }))

const mapFindings = (value: unknown, type: MapType, duplicates: boolean): Finding[] => {
  if (value === null) return []
  if (typeof value !== 'object' || Array.isArray(value)) return wrong(`expected map, got ${shownPointer(value)}`)
  const found: Finding[] = []
  for (const [name, field] of Object.entries(value).sort(([a], [b]) => compareText(a, b))) {
    const of = type.byName.get(name)?.type ?? type.values
    const path = elementText(fieldElement(name))
    if (!of) return [...found, { path, message: 'field not declared in schema' }]
    found.push(...below(path, findingsOf(field, of, duplicates)))
  }
  return found
}

const listFindings = (value: unknown, type: ListType, duplicates: boolean): Finding[] => {
  if (value === null) return []
  if (!Array.isArray(value)) return wrong(`expected list, got ${shownPointer(value)}`)
  const found: Finding[] = []
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`
    if (!type.atomic) {
      try {
        element = itemElement(type, item)
      } catch (error) {
        if (!(error instanceof FieldTypeError)) throw error
        return [...found, ...wrong(`element ${index}: ${error.message}`)]
      }
      if (seen.has(element) && !duplicates) found.push(...wrong(`duplicate entries for key ${elementText(element)}`))
      seen.add(element)
    }
    found.push(...below(elementText(element), findingsOf(item, type.items, duplicates)))
  }
  return found
}

const scalarFindings = (value: unknown, scalar: ScalarType | undefined): Finding[] => {
  if (value === null || value === undefined) return []
  const is = typeof value
  if (scalar === 'numeric')
    return is === 'number' || is === 'bigint' ? [] : wrong(`expected numeric (int or float), got ${goType(value)}`)
  if (scalar === 'string')
    return is === 'string' ? [] : wrong(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
  if (scalar === 'boolean') return is === 'boolean' ? [] : wrong(`expected boolean, got ${shownPointer(value)}`)
  return is === 'object' ? wrong(`expected any scalar, got ${shownPointer(value)}`) : []
}

/** As Go's `%v` of a pointer to what holds it. */
const shownPointer = (value: unknown) => `&{${goText(value)}}`
