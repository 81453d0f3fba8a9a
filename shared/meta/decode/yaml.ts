import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { exactInteger } from '../exact-json.ts'
import { DecodeError } from './json.ts'

const tooDeep = () => new DecodeError('error converting YAML to JSON: yaml: exceeded max depth')

/**
 * The first document of a YAML text as JSON would have it: YAML 1.1's words (`yes`, `on`, `0644`), no timestamps, no base 60.
 * `duplicates` are upstream's lines about keys that stand twice.
 */
export const parseYaml = (bytes: Uint8Array): { value: unknown; duplicates: string[] } => {
  const text = new TextDecoder().decode(bytes)
  const lines = new LineCounter()
  const document = documentOf(text, lines)
  for (const error of document.errors) {
    if (error.code === 'MULTIPLE_DOCS') continue
    if (/call stack/.test(error.message)) throw tooDeep()
    throw new DecodeError(`error converting YAML to JSON: yaml: ${error.message}`, { cause: error })
  }
  try {
    return { value: withNumbers(document.toJS({ maxAliasCount: 100 }) ?? null), duplicates: duplicatesIn(document, lines) }
  } catch (error) {
    // aliases without an anchor, or more of them than anyone needs
    if (error instanceof RangeError) throw tooDeep()
    throw new DecodeError(`error converting YAML to JSON: yaml: ${(error as Error).message}`, { cause: error })
  }
}

/** The parser calls itself for each level, and ends with the stack. */
const documentOf = (text: string, lineCounter: LineCounter) => {
  try {
    return parseDocument(text, {
      version: '1.1',
      intAsBigInt: true,
      merge: true,
      prettyErrors: false,
      // The library compares each key with every other of its map.
      uniqueKeys: false,
      lineCounter,
      customTags: (tags) =>
        tags.filter(
          (tag) =>
            typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')),
        ),
    })
  } catch (error) {
    throw error instanceof RangeError ? tooDeep() : error
  }
}

/** In place: integers that a number holds become one. */
const withNumbers = (value: unknown): unknown => {
  if (typeof value === 'bigint') return exactInteger(value)
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) {
    const before = fields[key]
    const after = withNumbers(before)
    if (after !== before) fields[key] = after
  }
  return value
}

const duplicatesIn = (document: Document.Parsed, lines: LineCounter): string[] => {
  const found: string[] = []
  visit(document, {
    Map: (_, map) => {
      const keys = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value))
          found.push(
            `line ${lines.linePos(key.range?.[0] ?? 0).line}: key ${JSON.stringify(String(key.value))} already set in map`,
          )
        keys.add(key.value)
      }
    },
  })
  return found
}
