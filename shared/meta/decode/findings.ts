/** How many are named at most. */
const most = 100

export const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`
export const duplicateField = (path: string): string => `duplicate field ${JSON.stringify(path)}`

/** Paths of the members of JSON's objects that stand twice. */
export const duplicatesIn = (text: string): string[] => {
  const found = new Set<string>()
  for (const { path, repeated } of membersOf(text)) if (repeated) found.add(path)
  return [...found].slice(0, most)
}

/** What stands twice and what is unknown, as who reads the text finds it: it does not look into what it does not know. */
export const findingsInOrder = (text: string, unknownFields: readonly string[]): string[] => {
  const unknown = new Set(unknownFields)
  const found = new Set<string>()
  let passed: string | undefined
  for (const { path, repeated } of membersOf(text)) {
    if (passed !== undefined && (path.startsWith(`${passed}.`) || path.startsWith(`${passed}[`))) continue
    passed = unknown.has(path) ? path : undefined
    if (passed !== undefined) found.add(unknownField(path))
    else if (repeated) found.add(duplicateField(path))
  }
  return [...found].slice(0, most)
}

interface Member {
  readonly path: string
  /** its object has had one of this name */
  readonly repeated: boolean
}

/** `path` is of the object or list itself. */
type Level = { readonly path: string; readonly keys: Set<string>; key: string } | { readonly path: string; index: number }

function* membersOf(text: string): Generator<Member> {
  const levels: Level[] = []
  let word: string | undefined
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g)) {
    const level = levels.at(-1)
    if (token === '{') levels.push({ path: pathIn(level), keys: new Set(), key: '' })
    else if (token === '[') levels.push({ path: pathIn(level), index: 0 })
    else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && level && 'index' in level) level.index++
    else if (token === ':' && level && 'keys' in level && word !== undefined) {
      level.key = JSON.parse(word) as string
      yield { path: pathIn(level), repeated: level.keys.has(level.key) }
      level.keys.add(level.key)
    } else word = token
  }
}

const pathIn = (level: Level | undefined): string => {
  if (!level) return ''
  if ('index' in level) return `${level.path}[${level.index}]`
  return level.path === '' ? level.key : `${level.path}.${level.key}`
}
