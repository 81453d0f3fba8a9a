import type { KubeObject, ObjectKey } from '../../../shared/meta/object.ts'

/** A label of each state, made of its mark, so that objects come into selections and leave them. */
export type Side = 'left' | 'right'

export const sideOf = (mark: string): Side => (mark.charCodeAt(mark.length - 1) % 2 === 0 ? 'left' : 'right')

/** What a list or a watch is of; what is undefined is not asked for. */
export interface Scope {
  readonly resource?: string | undefined
  readonly namespace?: string | undefined
  readonly side?: Side | undefined
  readonly name?: string | undefined
}

/** How histories name an object; in the order that lists have. */
export const nameOf = ({ resource, namespace, name }: ObjectKey): string => `${resource}/${namespace}/${name}`

export const podName = ({ metadata }: KubeObject): string =>
  nameOf({ resource: 'pods', namespace: metadata.namespace ?? '', name: metadata.name })

export const keyOf = (text: string): ObjectKey => {
  const [resource = '', namespace = '', name = ''] = text.split('/')
  return { resource, namespace, name }
}

/** Whether an object can be in it at all, whatever its side. */
export const mayHold = ({ resource, namespace, name }: Scope, object: string): boolean => {
  const key = keyOf(object)
  return (
    (resource === undefined || resource === key.resource) &&
    (namespace === undefined || namespace === key.namespace) &&
    (name === undefined || name === key.name)
  )
}

/** The scopes that lists are asked for: equal names stand in two namespaces and two resources. */
export const scopes: readonly Scope[] = [
  { resource: 'pods' },
  { resource: 'pods', namespace: 'default' },
  { resource: 'pods', namespace: 'other' },
  { resource: 'configmaps' },
]

/** Most of what happens is about few objects, so that writers meet; some is beside them. */
export const objectNames = (count: number): string[] => [
  ...Array.from({ length: count }, (_, i) => `pods/default/p${i}`),
  'pods/other/p0',
  'configmaps/default/p0',
]
