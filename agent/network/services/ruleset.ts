/**
 * What one Service wants to stand in a node's table: chains of its own, sets of its own, and elements of the shared
 * maps. Two of these differ by a few lines of nft, so that a change costs what it changes.
 */
export interface RuleSet {
  /** name → rules */
  readonly chains: ReadonlyMap<string, readonly string[]>
  /** name → declaration, e.g. `type ipv4_addr; flags dynamic, timeout;` */
  readonly sets: ReadonlyMap<string, string>
  readonly elements: readonly MapElement[]
}

export interface MapElement {
  readonly map: string
  readonly key: string
  /** '' when `map` is a plain set */
  readonly value: string
}

export const emptyRuleSet: RuleSet = { chains: new Map(), sets: new Map(), elements: [] }

export const elementId = ({ map, key }: MapElement) => `${map} ${key}`

/** Changes to the shared maps, which may be more or less than a Service's own elements when two claim the same key. */
export interface ElementChange {
  readonly before: MapElement | undefined
  readonly after: MapElement | undefined
}

/**
 * Pure: one transaction that turns `before` into `after`. What refers to a chain goes after it is made and before it
 * is deleted.
 */
export const transition = (options: {
  table: string
  changes: readonly { readonly before: RuleSet; readonly after: RuleSet }[]
  elements: readonly ElementChange[]
}): string => {
  const { table, changes, elements } = options
  const made: string[] = []
  const filled: string[] = []
  const emptied: string[] = []
  const deleted: string[] = []
  for (const { before, after } of changes) {
    for (const [name, declaration] of after.sets) {
      if (before.sets.get(name) === declaration) continue
      // another declaration means another name, see `affinitySet`
      made.push(`add set ip ${table} ${name} { ${declaration} }`)
    }
    for (const [name, rules] of after.chains) {
      const former = before.chains.get(name)
      if (!former) made.push(`add chain ip ${table} ${name}`)
      else if (sameLines(former, rules)) continue
      else filled.push(`flush chain ip ${table} ${name}`)
      for (const rule of rules) filled.push(`add rule ip ${table} ${name} ${rule}`)
    }
    for (const name of before.chains.keys()) {
      if (after.chains.has(name)) continue
      emptied.push(`flush chain ip ${table} ${name}`)
      deleted.push(`delete chain ip ${table} ${name}`)
    }
    for (const name of before.sets.keys()) if (!after.sets.has(name)) deleted.push(`delete set ip ${table} ${name}`)
  }
  const taken: string[] = []
  const given: string[] = []
  for (const { before, after } of elements) {
    if (before?.value === after?.value) continue
    if (before) taken.push(`delete element ip ${table} ${before.map} { ${before.key} }`)
    if (after) given.push(`add element ip ${table} ${after.map} { ${after.key}${after.value && ` : ${after.value}`} }`)
  }
  const lines = [...made, ...filled, ...emptied, ...taken, ...given, ...deleted]
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

const sameLines = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((line, index) => line === b[index])
