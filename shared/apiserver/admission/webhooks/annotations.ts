import { qualifiedName } from '../../../meta/names.ts'

/** The first word about a matter stays; what is no annotation's name says nothing. */
export const annotate = (annotations: Record<string, string>, key: string, value: string): void => {
  if (Object.hasOwn(annotations, key) || qualifiedName(key).length > 0) return
  annotations[key] = value
}
