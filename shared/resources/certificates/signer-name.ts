import { type FieldError, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { dns1123Label, dns1123Subdomain } from '../../meta/names.ts'

const maxDomainBytes = 253
const maxBytes = maxDomainBytes + 1 + 253 + 63 + 1

/** Findings about the first of the dotted parts that is none. */
const parts = (path: string, text: string, rule: (part: string) => string[]): FieldError[] => {
  for (const part of text.split('.')) {
    const found = rule(part)
    if (found.length > 0)
      return found.map((message) => invalidValue(path, text, `validating label ${JSON.stringify(part)}: ${message}`))
  }
  return []
}

/** `example.com/signer-name` */
export const signerName = (path: string, name = ''): FieldError[] => {
  if (name === '') return [requiredValue(path)]
  const [domain = '', rest = '', ...more] = name.split('/')
  if (!name.includes('/') || more.length > 0)
    return [invalidValue(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  return [
    ...(Buffer.byteLength(domain) > maxDomainBytes ? [tooLong(path, maxDomainBytes)] : []),
    ...parts(path, domain, (part) => dns1123Label(part)),
    ...(domain.includes('.')
      ? []
      : [invalidValue(path, domain, 'should be a domain with at least two segments separated by dots')]),
    ...parts(path, rest, (part) => dns1123Subdomain(part)),
    ...(Buffer.byteLength(name) > maxBytes ? [tooLong(path, maxBytes)] : []),
  ]
}
