/** How many are named at most. */
const most = 100
/** How many places are looked at for those: what stands there may be named already, and a deep place is a long text. */
const mostPlaces = 10 * most

export const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`
export const duplicateField = (path: string): string => `duplicate field ${JSON.stringify(path)}`

/** Paths of the members of JSON's objects that stand twice. */
export const duplicatesIn = (text: string): string[] => named(findingsIn(text, []), (path) => path)

/** What stands twice and what is unknown, as who reads the text finds it: it does not look into what it does not know. */
export const findingsInOrder = (text: string, unknownFields: readonly string[]): string[] =>
  named(findingsIn(text, unknownFields.slice(0, most)), (path, isUnknown) => (isUnknown ? unknownField : duplicateField)(path))

const named = (findings: Iterable<Finding>, textOf: (path: string, isUnknown: boolean) => string): string[] => {
  const found = new Set<string>()
  let places = 0
  for (const { levels, isUnknown } of findings) {
    found.add(textOf(pathOf(levels), isUnknown))
    if (found.size === most || ++places === mostPlaces) break
  }
  return [...found]
}

/** A member that stands where `levels` lead. */
interface Finding {
  readonly levels: readonly Level[]
  readonly isUnknown: boolean
}

interface Level {
  /** of an object: those that were read, and whether they were found to stand twice; undefined: it is a list */
  readonly keys: Map<string, boolean> | undefined
  /** paths from here on of what is unknown */
  readonly unknown: readonly string[]
  key: string
  index: number
}

function* findingsIn(text: string, unknown: readonly string[]): Generator<Finding> {
  const levels: Level[] = []
  /** how deep the member is that is not looked into */
  let passed = Number.POSITIVE_INFINITY
  let word: string | undefined
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g)) {
    const level = levels.at(-1)
    if (token === '{' || token === '[') {
      levels.push({ keys: token === '{' ? new Map() : undefined, unknown: below(level, unknown), key: '', index: 0 })
    } else if (token === '}' || token === ']') levels.pop()
    else if (token === ',' && level && !level.keys) level.index++
    else if (token === ':' && level?.keys && word !== undefined) {
      level.key = JSON.parse(word) as string
      if (levels.length > passed) continue
      const isUnknown = level.unknown.includes(level.key)
      passed = isUnknown ? levels.length : Number.POSITIVE_INFINITY
      const told = level.keys.get(level.key)
      if (isUnknown || told === false) yield { levels, isUnknown }
      level.keys.set(level.key, told !== undefined)
    } else word = token
  }
}

/** What is unknown of `all` in what begins in a level. */
const below = (level: Level | undefined, all: readonly string[]): readonly string[] => {
  if (!level) return all
  if (level.unknown.length === 0) return level.unknown
  const { length } = segmentOf(level)
  return level.unknown
    .filter((path) => path.startsWith(segmentOf(level)) && (path[length] === '.' || path[length] === '['))
    .map((path) => path.slice(path[length] === '.' ? length + 1 : length))
}

const segmentOf = ({ keys, key, index }: Level): string => (keys ? key : `[${index}]`)

const pathOf = (levels: readonly Level[]): string =>
  levels.map((level, depth) => (level.keys && depth > 0 ? `.${level.key}` : segmentOf(level))).join('')
