import type { KindDefinition } from '../../resources/definition.ts'

/** The definition of something that is only created. */
export const reviewDefinition = (options: {
  readonly group: string
  readonly kind: string
  readonly schema: string
  readonly namespaced?: boolean
}): KindDefinition => {
  const { group, kind, schema, namespaced = false } = options
  const singular = kind.toLowerCase()
  return { group, version: 'v1', kind, plural: `${singular}s`, singular, namespaced, schema, verbs: ['create'] }
}
