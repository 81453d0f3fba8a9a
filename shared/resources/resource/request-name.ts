import { duplicateValue, type FieldError, invalidValue } from '../../meta/field-error.ts'
import type { DeviceClaim } from '../generated/types.ts'
import { createSeen, each } from '../validation/value.ts'
import { labelName } from './device-name.ts'
import { maxRequests, upTo } from './size-limit.ts'

/** What a claim may speak of: its requests, and `request/subrequest`. */
type RequestNames = ReadonlySet<string>

export const requestNamesOf = ({ requests }: Partial<DeviceClaim>): RequestNames =>
  new Set(
    (requests ?? []).flatMap(({ name, firstAvailable }) => [name, ...(firstAvailable ?? []).map((sub) => `${name}/${sub.name}`)]),
  )

export const requestReference = (path: string, name: string | undefined, names: RequestNames): FieldError[] => {
  const value = name ?? ''
  const parts = value.split('/')
  const unknown = invalidValue(
    path,
    value,
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
  )
  if (parts.length > 2) return [unknown]
  return [...parts.flatMap((part) => labelName(path, part)), ...(names.has(value) ? [] : [unknown])]
}

export const requestReferences = (path: string, values: readonly string[] | undefined, names: RequestNames): FieldError[] => {
  const seen = createSeen()
  const findings = upTo(maxRequests, path, values, (at, name) => requestReference(at, name, names))
  if ((values?.length ?? 0) > maxRequests) return findings
  return [...findings, ...each(path, values, (at, name) => (seen(name) ? [duplicateValue(at, name)] : []))]
}
