import { exactInteger } from '../exact-json.ts'
import { isJsonObject } from '../json-value.ts'
import { type FieldSet, leaf } from './field-set.ts'
import { compareElements, compareText, fieldElement, keyElement, valueElement } from './path-element.ts'

/** A FieldsV1 that is none, with what is wrong with it. */
export class FieldsV1Error extends Error {}

/**
 * A FieldsV1 of a client's as a set: elements in order and written as we write them; those of a kind that nobody knows go, as upstream drops them.
 * Throws FieldsV1Error.
 */
export const readFieldsV1 = (value: unknown): FieldSet => {
  const { node } = read(value, 0)
  return node
}

const maxDepth = 1000

const read = (value: unknown, depth: number): { node: FieldSet; member: boolean; empty: boolean } => {
  if (depth > maxDepth) throw new FieldsV1Error('exceeded max depth')
  if (value !== undefined && value !== null && !isJsonObject(value)) throw new FieldsV1Error('expected a map of fields')
  let member = false
  const children: [string, FieldSet][] = []
  for (const [name, below] of Object.entries(value ?? {})) {
    if (name === '.') {
      member = true
      continue
    }
    const element = canonicalElement(name)
    if (element === undefined) continue
    const found = read(below, depth + 1)
    children.push([element, found.empty ? leaf : found.member ? { '.': leaf, ...found.node } : found.node])
  }
  children.sort(([a], [b]) => compareElements(a, b))
  return { node: Object.fromEntries(children), member, empty: children.length === 0 }
}

/** Undefined: of a kind that is not known. */
const canonicalElement = (text: string): string | undefined => {
  if (text.length < 2) throw new FieldsV1Error('key must be 2 characters long:')
  if (text[1] !== ':') throw new FieldsV1Error(`missing colon: ${text}`)
  const content = text.slice(2)
  switch (text[0]) {
    case 'f':
      return fieldElement(content)
    case 'v':
      return valueElement(parse(content))
    case 'i':
      if (!/^[+-]?\d+$/.test(content)) throw new FieldsV1Error(`invalid index ${JSON.stringify(content)}`)
      return `i:${exactInteger(BigInt(content.replace('+', '')))}`
    case 'k': {
      const fields = parse(content)
      if (!isJsonObject(fields)) throw new FieldsV1Error(`invalid key ${content}`)
      return keyElement(Object.entries(fields).sort(([a], [b]) => compareText(a, b)))
    }
    default:
      return undefined
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FieldsV1Error(`invalid path element ${JSON.stringify(text)}`, { cause: error })
  }
}
