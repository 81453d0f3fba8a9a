import { type FieldError, invalidValue, requiredValue } from '../../meta/field-error.ts'
import { dns1035Label, dns1123Subdomain } from '../../meta/names.ts'
import type { ParamKind } from '../generated/types.ts'

/** Findings about the kind of objects that a policy is configured by. */
export const validateParamKind = (path: string, { apiVersion = '', kind = '' }: ParamKind): FieldError[] => [
  ...validateApiVersion(`${path}.apiVersion`, apiVersion),
  ...validateKind(`${path}.kind`, kind),
]

const validateApiVersion = (path: string, apiVersion: string): FieldError[] => {
  if (apiVersion === '') return [requiredValue(path)]
  const parts = apiVersion.split('/')
  if (parts.length > 2) return [invalidValue(path, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)]
  const [version = '', group = ''] = parts.reverse()
  const groupFindings = group ? dns1123Subdomain(group) : []
  return [
    ...(groupFindings.length > 0 ? [invalidValue(path, group, groupFindings.join(','))] : []),
    ...validateVersion(path, apiVersion, version),
  ]
}

const validateVersion = (path: string, apiVersion: string, version: string): FieldError[] => {
  if (version === '') return [invalidValue(path, apiVersion, 'version must be specified')]
  const findings = dns1035Label(version)
  return findings.length > 0 ? [invalidValue(path, version, findings.join(','))] : []
}

const validateKind = (path: string, kind: string): FieldError[] => {
  if (kind === '') return [requiredValue(path)]
  const findings = dns1035Label(kind.toLowerCase())
  const but = 'may have mixed case, but should otherwise match: '
  return findings.length > 0 ? [invalidValue(path, kind, but + findings.join(','))] : []
}
