import { type FieldError, invalidValue } from '../../meta/field-error.ts'

const standard = ['kubernetes', 'orphan', 'foregroundDeletion']

/** Finalizers of others carry their domain. */
export const knownOrQualifiedFinalizer = (path: string, name: string): FieldError[] =>
  name.includes('/') || standard.includes(name)
    ? []
    : [invalidValue(path, name, 'name is neither a standard finalizer name nor is it fully qualified')]
