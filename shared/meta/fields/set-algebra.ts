import { emptySet, type FieldSet, hasChildren, isEmptySet, isMember, leaf } from './field-set.ts'
import { compareElements } from './path-element.ts'

type Node = Record<string, FieldSet>

/** A node that belongs to its set or not, with what is below it; undefined: neither. */
const nodeOf = (member: boolean, children: Node): FieldSet | undefined => {
  if (isEmptySet(children)) return member ? leaf : undefined
  return member ? { '.': leaf, ...children } : children
}

/** What belongs to either. */
export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmptySet(b)) return a
  return isEmptySet(a) ? b : unionChildren(a, b)
}

const unionNodes = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b) return a
  return nodeOf(isMember(a) || isMember(b), unionChildren(a, b))!
}

/** Below two nodes, whatever they are themselves. */
const unionChildren = (a: FieldSet, b: FieldSet): Node => {
  const out: Node = {}
  const left = Object.keys(a)
  const right = Object.keys(b)
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]]
    const order = one === undefined ? 1 : other === undefined ? -1 : compareElements(one, other)
    const element = (order <= 0 ? one : other)!
    if (element !== '.') out[element] = order < 0 ? a[element]! : order > 0 ? b[element]! : unionNodes(a[element]!, b[element]!)
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return out
}

const combine =
  (of: (a: FieldSet, b: FieldSet | undefined) => FieldSet | undefined) =>
  (a: FieldSet, b: FieldSet): Node => {
    const out: Node = {}
    for (const element in a) {
      if (element === '.') continue
      const node = of(a[element]!, b[element])
      if (node !== undefined) out[element] = node
    }
    return out
  }

/** Whether all of `a` belongs to `b`. */
export const isWithin = (a: FieldSet, b: FieldSet): boolean => {
  for (const element in a) {
    if (element === '.') continue
    const [node, other] = [a[element]!, b[element]]
    if (other === undefined || (isMember(node) && !isMember(other)) || !isWithin(node, other)) return false
  }
  return true
}

/** What belongs to both. */
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => intersectionChildren(a, b)
const intersectionChildren = combine((a, b) =>
  b === undefined ? undefined : nodeOf(isMember(a) && isMember(b), intersectionChildren(a, b)),
)

/** What belongs to `a` only; a field's being in `b` says nothing of what is below it. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) || isEmptySet(b) ? a : differenceChildren(a, b))
const differenceChildren = combine((a, b) =>
  b === undefined ? a : nodeOf(isMember(a) && !isMember(b), differenceChildren(a, b)),
)

/** What belongs to `a` and neither itself nor by what is above it to `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet =>
  isEmptySet(a) || isEmptySet(b) ? a : recursiveChildren(a, b)
const recursiveChildren = combine((a, b) =>
  b === undefined ? a : isMember(b) ? undefined : nodeOf(isMember(a), recursiveChildren(a, b)),
)

/** What belongs to it and has nothing below. */
export const leavesOf = (set: FieldSet): FieldSet => {
  const out: Node = {}
  for (const element in set) if (element !== '.') out[element] = hasChildren(set[element]!) ? leavesOf(set[element]!) : leaf
  return out
}

/** Which paths a filter lets through: any element by `*`, all that is below where it ends. */
export interface PathPattern {
  readonly [element: string]: PathPattern
}

/** What of a set is at or below a path of the pattern. */
export const matching = (set: FieldSet, pattern: PathPattern): FieldSet => {
  if (isEmptySet(set)) return emptySet
  const out: Node = {}
  for (const element in set) {
    if (element === '.') continue
    const below = pattern['*'] ?? pattern[element]
    if (below === undefined) continue
    const node = set[element]!
    const found = isEmptySet(below) ? node : nodeOf(isMember(node), matching(node, below))
    if (found !== undefined) out[element] = found
  }
  return out
}
