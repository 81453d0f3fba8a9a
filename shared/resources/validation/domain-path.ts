import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1123Subdomain, httpPath } from '../../meta/names.ts'
import { checked } from './value.ts'

/** `acme.io/foo`: whose name it is, and the name. */
export const domainPrefixedPath = (path: string, value: string): FieldError[] => {
  if (value === '') return [requiredValue(path)]
  const slash = value.indexOf('/')
  const [host, rest] = [value.slice(0, slash), value.slice(slash + 1)]
  if (slash <= 0 || rest === '') return [invalidValue(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  return [...checked(path, host, (name) => dns1123Subdomain(name)), ...checked(path, rest, httpPath)]
}
