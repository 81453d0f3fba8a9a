import type { MapType, NamedField } from './field-type.ts'
import { fieldElement, sortText } from './path-element.ts'

/** The fields that either of two maps has, of those that their type knows, in order. */
export const fieldsIn = (type: MapType, before: object | undefined, after: object | undefined): NamedField[] => {
  const { byName, values } = type
  if (values) return openFields(type, before, after)
  const found: NamedField[] = []
  for (const name in after) {
    const field = byName.get(name)
    if (field) insert(found, field)
  }
  for (const name in before) {
    if (after && Object.hasOwn(after, name)) continue
    const field = byName.get(name)
    if (field) insert(found, field)
  }
  return found
}

/** Most come in order already, and there are few. */
const insert = (found: NamedField[], field: NamedField): void => {
  let at = found.length
  while (at > 0 && found[at - 1]!.order > field.order) {
    found[at] = found[at - 1]!
    at--
  }
  found[at] = field
}

/** Where any key may stand. */
const openFields = ({ byName, values }: MapType, before: object | undefined, after: object | undefined): NamedField[] => {
  const names = Object.keys(after ?? {})
  for (const name in before) if (!after || !Object.hasOwn(after, name)) names.push(name)
  return sortText(names).map((name, order) => byName.get(name) ?? { name, element: fieldElement(name), order, type: values! })
}
