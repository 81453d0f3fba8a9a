import { additionalSchema, type CelSchema, propertySchema } from './schema.ts'

export interface FollowedPath {
  /** as errors name it: `spec.ports[http]` */
  readonly path: string
  readonly first: string
  /** undefined: anything may stand there */
  readonly schema: CelSchema | undefined
}

/** Where `.spec.size` or `.spec['my.name']` leads in a schema. A text: why nowhere, in upstream's words. */
export const followPath = (text: string, root: CelSchema, brackets: boolean): FollowedPath | string => {
  const tokens = tokensOf(text)
  let schema: CelSchema | undefined = root
  let path = ''
  let first = ''
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!
    const inBrackets = token === '['
    if (inBrackets && !brackets) return 'array notation is not allowed'
    if (!inBrackets && token !== '.') return `expected [ or . but got: ${token}`
    const given = tokens[++index]
    if (given === undefined) return 'unexpected end of JSON path'
    const name = inBrackets ? unquoted(given) : given
    if (name === undefined) return `expected single quoted string but got ${given}`
    const named: boolean = schema?.properties !== undefined
    if (!schema || (!named && schema.additionalProperties === undefined)) return 'does not refer to a valid field'
    const field: CelSchema | undefined = named ? propertySchema(schema, name) : additionalSchema(schema)
    if (named && !field) return 'does not refer to a valid field'
    path += named ? (path === '' ? name : `.${name}`) : `[${name}]`
    first ||= name
    schema = field
    if (!inBrackets) continue
    const closing = tokens[++index]
    if (closing === undefined) return 'unexpected end of JSON path'
    if (closing !== ']') return `expected ] but got ${closing}`
  }
  return { path, first, schema }
}

/** A quoted string is one, whatever is in it. */
const tokensOf = (text: string): string[] =>
  text.match(/^'(?:[^']|(?<=\\)')*'|[.[\]]|(?<=[.[\]])'(?:[^']|(?<=\\)')*'|[^.[\]]+/g) ?? []

const unquoted = (text: string): string | undefined => /^'(.*)'$/s.exec(text)?.[1]?.replace(/\\(['\\])/g, '$1')
