import { type FieldSet, hasChildren, isEmptySet, leaf } from './field-set.ts'
import type { FieldType } from './field-type.ts'

/**
 * A set as the schema of today would have it: who owned parts of what is atomic by now owns it whole. What the schema doesn't know stays.
 * Answers the same set where nothing changes.
 */
export const reconcileSet = (set: FieldSet, type: FieldType): FieldSet => {
  let out: Record<string, FieldSet> | undefined
  for (const element in set) {
    if (element === '.') continue
    const below = typeOfElement(type, element)
    const node = set[element]!
    const found = below ? reconcileNode(node, below) : node
    if (found === node) continue
    out ??= { ...set }
    out[element] = found
  }
  return out ?? set
}

const typeOfElement = ({ map, list, scalar }: FieldType, element: string): FieldType | undefined => {
  if (map) return element[0] === 'f' ? (map.byName.get(element.slice(2))?.type ?? map.values) : map.values
  return scalar ? undefined : list?.items
}

const reconcileNode = (node: FieldSet, type: FieldType): FieldSet => {
  const { map, scalar, list } = type
  if (isEmptySet(node)) return node
  if (map) {
    if (map.byName.size === 0 && map.values?.scalar === 'untyped') return node
    if (map.atomic) return hasChildren(node) ? leaf : node
  } else if (!scalar && list?.atomic) return leaf
  return reconcileSet(node, type)
}
