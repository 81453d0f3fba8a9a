import { type FieldSet, hasChildren, leaf } from './field-set.ts'
import type { FieldType } from './field-type.ts'

type Node = Record<string, FieldSet>

/** A set with the named fields between its members as members too: of `a.b.c`, `a` where that is a field of a struct, no key of a map. */
export const withNamedFields = (set: FieldSet, type: FieldType | undefined): FieldSet => {
  const out: Node = {}
  for (const element in set) {
    const node = set[element]!
    if (element === '.' || !hasChildren(node)) {
      out[element] = node
      continue
    }
    const below = withNamedFields(node, typeBelow(type, element))
    out[element] = isNamed(type, element) && !below['.'] ? { '.': leaf, ...below } : below
  }
  return out
}

const isNamed = (type: FieldType | undefined, element: string) =>
  element[0] === 'f' && type?.map?.byName.has(element.slice(2)) === true

/** The type of what a path element leads to, if its parent's type has such a thing. */
export const typeBelow = (type: FieldType | undefined, element: string): FieldType | undefined => {
  if (element[0] === 'f') return type?.map?.byName.get(element.slice(2))?.type ?? type?.map?.values
  return element[0] === 'k' ? type?.list?.items : undefined
}
