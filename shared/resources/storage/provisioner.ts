import { type FieldError, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import { qualifiedName } from '../../meta/names.ts'

const maxCount = 512
const maxBytes = 256 * 1024

export const validateProvisioner = (path: string, name: string | undefined): FieldError[] => {
  if (!name) return [requiredValue(path)]
  const lower = name.toLowerCase()
  return qualifiedName(lower).map((message) => invalidValue(path, lower, message))
}

/** What is passed on to the driver as it is. */
export const validateParameters = (path: string, parameters: Readonly<Record<string, string>> | undefined): FieldError[] => {
  const entries = Object.entries(parameters ?? {})
  if (entries.length > maxCount) return [tooLong(path, maxCount)]
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return [
    ...entries.filter(([key]) => key === '').map(([key]) => invalidValue(path, key, 'field can not be empty.')),
    ...(size > maxBytes ? [tooLong(path, maxBytes)] : []),
  ]
}
