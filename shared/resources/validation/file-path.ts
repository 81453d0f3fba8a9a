import { type FieldError, invalidValue } from '../../meta/field-error.ts'

export const noBacksteps = (path: string, target: string): FieldError[] =>
  target.split('/').includes('..') ? [invalidValue(path, target, "must not contain '..'")] : []

/** Relative, and not out of where it starts. */
export const descendingPath = (path: string, target: string): FieldError[] => [
  ...(target.startsWith('/') ? [invalidValue(path, target, 'must be a relative path')] : []),
  ...noBacksteps(path, target),
]

/** Volumes keep names that start with two dots for themselves. */
export const nonReservedPath = (path: string, target: string): FieldError[] => [
  ...descendingPath(path, target),
  ...(target.startsWith('..') && !target.startsWith('../') ? [invalidValue(path, target, "must not start with '..'")] : []),
]

export const fileMode = (path: string, mode: number | undefined): FieldError[] =>
  mode !== undefined && (mode < 0 || mode > 0o777)
    ? [invalidValue(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []
