import type { GroupVersionKind } from './kinds.ts'
import type { Parameter } from './parameters.ts'

/** What one method does on a path. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options'
  readonly id: string
  readonly description: string
  readonly tag: string
  /** x-kubernetes-action and -group-version-kind; undefined: it is about no kind */
  readonly about?: { readonly action: string; readonly kind: GroupVersionKind } | undefined
  /** all of them: what is the same for the whole path is found out when it is written */
  readonly parameters: readonly Parameter[]
  /** type of the body; `patch` for patches, `plain patch` for those of what knows no strategic ones */
  readonly body?: string | undefined
  /** type of the answer; undefined: a stream of bytes or text */
  readonly answer: string | undefined
  /** media types of the answer */
  readonly media: readonly string[]
  readonly statuses: readonly (200 | 201 | 202)[]
}

export interface PathItem {
  readonly path: string
  readonly operations: readonly Operation[]
}

export const objectMedia = ['application/json', 'application/yaml']
export const streamMedia = [...objectMedia, 'application/json;stream=watch']
export const anyMedia = ['*/*']

export const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** `''` → `core`, `rbac.authorization.k8s.io` → `rbacAuthorization`. */
export const groupWord = (group: string): string => {
  const [first = '', ...others] = group.replace(/\.k8s\.io$/, '').split('.')
  return first === '' ? 'core' : first + others.map(capitalized).join('')
}
