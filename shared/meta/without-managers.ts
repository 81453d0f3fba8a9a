import type { KubeObject } from './object.ts'

/** An object without who owns its fields, which is as much as the rest of it and which few need; shares all else. */
export const withoutManagers = <T extends KubeObject>(object: T): T => {
  if (object.metadata?.managedFields === undefined) return object
  const { managedFields: _managedFields, ...metadata } = object.metadata
  return { ...object, metadata }
}
