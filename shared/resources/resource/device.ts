import { type FieldError, invalidValue, tooLong } from '../../meta/field-error.ts'
import type { Device, DeviceAttribute } from '../generated/types.ts'
import { labelName, qualifiedName } from './device-name.ts'

const maxQualities = 32
const maxValueBytes = 64
/** a domain, a slash and an identifier */
const maxShownKeyBytes = 63 + 1 + 32

/** Fields of upstream's features that are off in 1.35: DRADeviceTaints, DRAPartitionableDevices, DRADeviceBindingConditions, DRAConsumableCapacity. */
export const dropDisabledOfDevice = (device: Device): void => {
  delete device.taints
  delete device.consumesCounters
  delete device.nodeName
  delete device.nodeSelector
  delete device.allNodes
  delete device.bindingConditions
  delete device.bindingFailureConditions
  delete device.bindsToNode
  delete device.allowMultipleAllocations
  for (const capacity of Object.values(device.capacity ?? {})) delete capacity.requestPolicy
}

export const isSaid = (value: unknown): boolean => value !== undefined && value !== null

export const saysDisabledOfDevice = ({ nodeName, allNodes, bindsToNode, allowMultipleAllocations }: Device): boolean =>
  [nodeName, allNodes, bindsToNode, allowMultipleAllocations].some(isSaid)

export const validateDevice = (path: string, { name, attributes = {}, capacity = {} }: Device): FieldError[] => {
  const count = Object.keys(attributes).length + Object.keys(capacity).length
  const at = (field: string, key: string) => `${path}.${field}[${shortened(key)}]`
  return [
    ...labelName(`${path}.name`, name),
    ...(count > maxQualities
      ? [invalidValue(path, count, `the total number of attributes and capacities must not exceed ${maxQualities}`)]
      : []),
    ...Object.entries(attributes).flatMap(([key, value]) => [
      ...qualifiedName(at('attributes', key), key),
      ...attribute(at('attributes', key), value),
    ]),
    ...Object.keys(capacity).flatMap((key) => qualifiedName(at('capacity', key), key)),
  ]
}

/** The middle of a long key is left out. */
const shortened = (key: string): string => {
  const bytes = Buffer.from(key)
  if (bytes.length <= maxShownKeyBytes) return key
  const remaining = maxShownKeyBytes - 3
  return `${bytes.subarray(0, Math.ceil(remaining / 2))}...${bytes.subarray(bytes.length - Math.floor(remaining / 2))}`
}

const attribute = (path: string, { int, bool, string, version }: DeviceAttribute): FieldError[] => {
  const said = [int, bool, string, version].filter(isSaid).length
  const shown = { IntValue: int ?? null, BoolValue: bool ?? null, StringValue: string ?? null, VersionValue: version ?? null }
  return [
    ...(string === undefined ? [] : shortEnough(`${path}.string`, string)),
    ...(version === undefined
      ? []
      : [...semanticVersion(`${path}.version`, version), ...shortEnough(`${path}.version`, version)]),
    ...(said === 1 ? [] : [invalidValue(path, said === 0 ? '' : shown, 'exactly one value must be specified')]),
  ]
}

const shortEnough = (path: string, value: string): FieldError[] =>
  Buffer.byteLength(value) > maxValueBytes ? [tooLong(path, maxValueBytes)] : []

const number = '(0|[1-9][0-9]*)'
const preRelease = '(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)'
const build = '[0-9a-zA-Z-]+'
const semver = new RegExp(`^${number}\\.${number}\\.${number}(-${preRelease}(\\.${preRelease})*)?(\\+${build}(\\.${build})*)?$`)
/** Longer ones are refused anyway, and the expression backtracks. */
const maxTriedBytes = 1024

const semanticVersion = (path: string, value: string): FieldError[] =>
  value.length <= maxTriedBytes && semver.test(value)
    ? []
    : [invalidValue(path, value, 'must be a string compatible with semver.org spec 2.0.0')]
