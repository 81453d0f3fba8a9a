import { parseDocument } from 'yaml'
import { exactInteger } from '../exact-json.ts'
import { DecodeError } from './json.ts'

const tooDeep = () => new DecodeError('error converting YAML to JSON: yaml: exceeded max depth')

/**
 * The first document of a YAML text as JSON would have it: YAML 1.1's words (`yes`, `on`, `0644`), no timestamps, no base 60.
 * `duplicates` are upstream's lines about keys that stand twice.
 */
export const parseYaml = (bytes: Uint8Array): { value: unknown; duplicates: string[] } => {
  const text = new TextDecoder().decode(bytes)
  const document = documentOf(text)
  const duplicates: string[] = []
  for (const error of document.errors) {
    if (error.code === 'MULTIPLE_DOCS') continue
    if (/call stack/.test(error.message)) throw tooDeep()
    if (error.code !== 'DUPLICATE_KEY')
      throw new DecodeError(`error converting YAML to JSON: yaml: ${error.message}`, { cause: error })
    duplicates.push(lineOf(bytes, error.pos[0]))
  }
  try {
    return { value: withNumbers(document.toJS({ maxAliasCount: 100 }) ?? null), duplicates }
  } catch (error) {
    // aliases without an anchor, or more of them than anyone needs
    if (error instanceof RangeError) throw tooDeep()
    throw new DecodeError(`error converting YAML to JSON: yaml: ${(error as Error).message}`, { cause: error })
  }
}

/** The parser calls itself for each level, and ends with the stack. */
const documentOf = (text: string) => {
  try {
    return parseDocument(text, {
      version: '1.1',
      intAsBigInt: true,
      merge: true,
      prettyErrors: false,
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

const lineOf = (bytes: Uint8Array, position: number): string => {
  const text = new TextDecoder().decode(bytes)
  const key = /^[^\s:]+|^"[^"]*"/.exec(text.slice(position))?.[0] ?? ''
  return `line ${text.slice(0, position).split('\n').length}: key ${JSON.stringify(key.replace(/^"|"$/g, ''))} already set in map`
}
