/**
 * A set of fields in the very shape that FieldsV1 has in JSON, so that what is stored is the set and nothing is read or written twice:
 * a node's keys are path elements (`f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:0`) in upstream's order, `.` says that the node itself
 * belongs to the set, and so does a node without keys. The root stands for the whole object, which nobody owns.
 * Sets are never changed in place, and share parts.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** A field that belongs to a set and has nothing below it. */
export const leaf: FieldSet = Object.freeze({})

export const emptySet: FieldSet = Object.freeze({})

/** Of a root: whether nothing belongs to it. */
export const isEmptySet = (set: FieldSet): boolean => {
  for (const _element in set) return false
  return true
}

/** Whether the field that a node stands for belongs to its set. */
export const isMember = (node: FieldSet): boolean => node['.'] !== undefined || isEmptySet(node)

/** Whether anything below a node belongs to its set. */
export const hasChildren = (node: FieldSet): boolean => {
  for (const element in node) if (element !== '.') return true
  return false
}

export const hasPath = (set: FieldSet, path: readonly string[]): boolean => {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node[element]
    if (node === undefined) return false
  }
  return path.length > 0 && isMember(node)
}

/** The set of one path. */
export const setOfPath = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), leaf)

/** Every path that belongs to a set: what stands at a level before what is below it. */
export const pathsOf = (set: FieldSet): string[][] => {
  const paths: string[][] = []
  const visit = (node: FieldSet, prefix: readonly string[]) => {
    const elements = Object.keys(node).filter((element) => element !== '.')
    for (const element of elements) if (isMember(node[element]!)) paths.push([...prefix, element])
    for (const element of elements) visit(node[element]!, [...prefix, element])
  }
  visit(set, [])
  return paths
}
