import { type FieldError, invalidValue, notSupported, requiredValue } from '../../meta/field-error.ts'

/** A rule answers its findings about a value in words, none when it is fine (shared/meta/names.ts). */
type Rule<T> = (value: T) => readonly string[]

/** Findings of a rule about the value of a field. */
export const checked = <T>(path: string, value: T, rule: Rule<T>): FieldError[] =>
  rule(value).map((message) => invalidValue(path, value, message))

/** As `checked`, but an empty value is only missing. */
export const requiredChecked = (path: string, value: string | undefined, rule: Rule<string>): FieldError[] =>
  value ? checked(path, value, rule) : [requiredValue(path)]

export const optionalChecked = (path: string, value: string | undefined, rule: Rule<string>): FieldError[] =>
  value ? checked(path, value, rule) : []

export const required = (path: string, value: unknown, detail = ''): FieldError[] =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    ? [requiredValue(path, detail)]
    : []

/** One of a few words; the error lists them in the given order. */
export const oneOf = (path: string, value: string | undefined, allowed: readonly string[]): FieldError[] =>
  value !== undefined && allowed.includes(value) ? [] : [notSupported(path, value ?? '', allowed)]

export const requiredOneOf = (path: string, value: string | undefined, allowed: readonly string[]): FieldError[] =>
  value ? oneOf(path, value, allowed) : [requiredValue(path)]

export const optionalOneOf = (path: string, value: string | undefined, allowed: readonly string[]): FieldError[] =>
  value === undefined ? [] : oneOf(path, value, allowed)

export const nonNegative = (path: string, value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [invalidValue(path, value, 'must be greater than or equal to 0')] : []

export const positive = (path: string, value: number | undefined): FieldError[] =>
  value === undefined || value <= 0 ? [invalidValue(path, value ?? 0, 'must be greater than zero')] : []

/** Findings about each element, which stands at `path[index]`. */
export const each = <T>(
  path: string,
  values: readonly T[] | null | undefined,
  validate: (elementPath: string, value: T, index: number) => FieldError[],
): FieldError[] => (values ?? []).flatMap((value, index) => validate(`${path}[${index}]`, value, index))

/** Remembers what it has seen: answers whether it was there before. */
export const createSeen = (): ((key: string) => boolean) => {
  const seen = new Set<string>()
  return (key) => seen.has(key) || !seen.add(key)
}

/** A user or group id. */
export const id: Rule<number> = (value) =>
  value >= 0 && value <= 2_147_483_647 ? [] : ['must be between 0 and 2147483647, inclusive']
