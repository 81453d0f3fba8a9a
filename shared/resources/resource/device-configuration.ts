import { type FieldError, invalidValue, requiredValue, tooLong } from '../../meta/field-error.ts'
import type { OpaqueDeviceConfiguration } from '../generated/types.ts'
import { driverName } from './device-name.ts'

const maxRawBytes = 10 * 1024

/** Parameters that only the driver understands. `stored`: they were there before, however large. */
export const deviceConfiguration = (
  path: string,
  { opaque }: { readonly opaque?: OpaqueDeviceConfiguration | undefined },
  stored = false,
): FieldError[] =>
  opaque
    ? [
        ...driverName(`${path}.opaque.driver`, opaque.driver),
        ...rawExtension(`${path}.opaque.parameters`, opaque.parameters, stored),
      ]
    : [requiredValue(`${path}.opaque`)]

export const rawExtension = (path: string, value: unknown, stored = false): FieldError[] => {
  if (value === undefined || value === null) return [requiredValue(path)]
  if (!stored && Buffer.byteLength(JSON.stringify(value)) > maxRawBytes) return [tooLong(path, maxRawBytes)]
  if (typeof value === 'object' && !Array.isArray(value)) return []
  return [invalidValue(path, '<value omitted>', 'must be a valid JSON object')]
}
