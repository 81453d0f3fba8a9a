import { isJsonObject } from '../json-value.ts'

/** `spec` → `f:spec` */
export const fieldElement = (name: string): string => `f:${name}`

/** As Go writes strings into JSON. */
export const goJson = (value: unknown): string => {
  if (typeof value === 'string' && plain.test(value)) return `"${value}"`
  const text = JSON.stringify(value)
  return unsafe.test(text) ? text.replaceAll(everyUnsafe, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`) : text
}
const plain = /^[\w ./:-]*$/
const unsafe = /[<>&\u2028\u2029]/
const everyUnsafe = /[<>&\u2028\u2029]/g

export const valueElement = (value: unknown): string => `v:${goJson(value)}`

/** The fields' names are in order. */
export const keyElement = (fields: readonly (readonly [name: string, value: unknown])[]): string =>
  `k:{${fields.map(([name, value]) => `${goJson(name)}:${goJson(value)}`).join(',')}}`

/** Go's order of strings is that of their bytes. */
export const compareText = (a: string, b: string): number => {
  if (a === b) return 0
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** In that order, in place. Most come so. */
export const sortText = (texts: string[]): string[] => {
  let inOrder = true
  for (let index = 0; index < texts.length; index++) {
    if (surrogate.test(texts[index]!)) return texts.sort(compareText)
    if (index > 0 && texts[index - 1]! > texts[index]!) inOrder = false
  }
  return inOrder ? texts : texts.sort()
}

const surrogate = /[\uD800-\uDFFF]/

/** A key of one plain text, which most are: what is before the text, and the text. */
const namedBy = /^(k:\{"\w+":")([^"\\]*)"\}$/

const kinds = '.fkvi'

/** Upstream's order: fields, keys, values, indices. */
export const compareElements = (a: string, b: string): number => {
  if (a === b) return 0
  const kind = kinds.indexOf(a[0]!) - kinds.indexOf(b[0]!)
  if (kind !== 0) return kind
  if (a[0] === 'f') return compareText(a, b)
  if (a[0] === 'i') return Number(a.slice(2)) - Number(b.slice(2))
  const names = namedBy.exec(a)
  if (names && b.startsWith(names[1]!)) {
    const other = namedBy.exec(b)
    if (other) return compareText(names[2]!, other[2]!)
  }
  const [left, right] = [JSON.parse(a.slice(2)), JSON.parse(b.slice(2))] as [unknown, unknown]
  return a[0] === 'k'
    ? compareFields(Object.entries(left as object), Object.entries(right as object))
    : compareValues(left, right)
}

const compareFields = (a: readonly [string, unknown][], b: readonly [string, unknown][]): number => {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const [name, value] = a[index]!
    const [otherName, otherValue] = b[index]!
    const order = compareText(name, otherName) || compareValues(value, otherValue)
    if (order !== 0) return order
  }
  return a.length - b.length
}

const types = ['number', 'string', 'boolean', 'list', 'map', 'null']
const typeOf = (value: unknown) =>
  Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value === 'object' ? 'map' : typeof value

const compareValues = (a: unknown, b: unknown): number => {
  const type = typeOf(a)
  if (type !== typeOf(b)) return types.indexOf(type) - types.indexOf(typeOf(b))
  if (type === 'number') return (a as number) - (b as number)
  if (type === 'string') return compareText(a as string, b as string)
  if (type === 'boolean') return Number(a) - Number(b)
  if (type === 'list') return compareLists(a as unknown[], b as unknown[])
  return type === 'map' ? compareFields(sorted(a as object), sorted(b as object)) : 0
}

const sorted = (map: object) => Object.entries(map).sort(([a], [b]) => compareText(a, b))

const compareLists = (a: readonly unknown[], b: readonly unknown[]): number => {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const order = compareValues(a[index], b[index])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Elements of one list in upstream's order. */
export const inOrder = (elements: Iterable<string>): string[] => [...elements].sort(compareElements)

/** A path as errors show it: `.spec.containers[name="web"].image` */
export const pathText = (path: readonly string[]): string => path.map(elementText).join('')

export const elementText = (element: string): string => {
  const content = element.slice(2)
  if (element[0] === 'f') return `.${content}`
  if (element[0] === 'i') return `[${content}]`
  const value: unknown = JSON.parse(content)
  if (element[0] === 'v') return `[=${shown(value)}]`
  const fields = isJsonObject(value) ? Object.entries(value) : []
  return `[${fields.map(([name, one]) => `${name}=${shown(one)}`).join(',')}]`
}

/** As Go's `%v` shows one. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([name, one]) => `${name}=${shown(one)}`)
      .join('')
  return String(value)
}
