import { type FieldError, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { cIdentifier, dns1123Label, dns1123Subdomain } from '../../meta/names.ts'
import { csiDriverName } from '../validation/csi-driver-name.ts'
import { checked } from '../validation/value.ts'

const maxPoolBytes = 253
const maxIdentifierBytes = 32

/** Of a device, or of a request for some. */
export const labelName = (path: string, name: string | undefined): FieldError[] =>
  checked(path, name ?? '', (value) => dns1123Label(value))

/** The driver is named as those of storage are. */
export const driverName = csiDriverName

/** Subdomains with slashes between them. */
export const poolName = (path: string, name: string | undefined): FieldError[] =>
  name
    ? [
        ...(Buffer.byteLength(name) > maxPoolBytes ? [tooLong(path, maxPoolBytes)] : []),
        ...name.split('/').flatMap((part) => checked(path, part, (value) => dns1123Subdomain(value))),
      ]
    : [requiredValue(path)]

const identifier = (path: string, name: string): FieldError[] => [
  ...(Buffer.byteLength(name) > maxIdentifierBytes ? [tooLong(path, maxIdentifierBytes)] : []),
  ...checked(path, name, cIdentifier),
]

/** Of an attribute or a capacity: an identifier, behind the domain of another driver if it is not the slice's. Upstream takes more slashes as they are. */
export const qualifiedName = (path: string, name: string): FieldError[] => {
  const [domain = '', local, ...rest] = name.split('/')
  if (rest.length > 0) return []
  if (local === undefined) return identifier(path, domain)
  return [
    ...(domain === '' ? [invalidValue(path, '', 'the domain must not be empty')] : driverName(path, domain)),
    ...(local === '' ? [invalidValue(path, '', 'the name must not be empty')] : identifier(path, local)),
  ]
}

export const fullyQualifiedName = (path: string, name: string): FieldError[] => [
  ...qualifiedName(path, name),
  ...(name.includes('/')
    ? []
    : [invalidValue(path, name, 'a fully qualified name must be a domain and a name separated by a slash')]),
]
