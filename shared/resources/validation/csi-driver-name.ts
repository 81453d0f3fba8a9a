import { type FieldError, requiredValue, tooLong } from '../../meta/field-error.ts'
import { dns1123Subdomain } from '../../meta/names.ts'
import { checked } from './value.ts'

const maxBytes = 63

/** A storage driver, by whose name pods, volumes and nodes speak of it. Case does not matter. */
export const csiDriverName = (path: string, name: string | undefined): FieldError[] =>
  name
    ? [
        ...(Buffer.byteLength(name) > maxBytes ? [tooLong(path, maxBytes)] : []),
        ...checked(path, name, (text) => dns1123Subdomain(text.toLowerCase())),
      ]
    : [requiredValue(path)]
