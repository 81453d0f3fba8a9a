import { duplicateValue, type FieldError, forbiddenField, invalidValue, tooLong, tooMany } from '../../meta/field-error.ts'
import { validateNodeSelector } from '../core/pod/validation/affinity.ts'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  NetworkDeviceData,
  ResourceClaimConsumerReference,
  ResourceClaimStatus,
} from '../generated/types.ts'
import type { ResourceClaim } from '../resource.ts'
import { interfaceAddress } from '../validation/cidr.ts'
import { conditions } from '../validation/condition.ts'
import { isEquivalent } from '../validation/equality.ts'
import { createSeen, each, required, requiredOneOf } from '../validation/value.ts'
import { allocationAsGo } from './claim-as-go.ts'
import { deviceConfiguration, rawExtension } from './device-configuration.ts'
import { driverName, labelName, poolName } from './device-name.ts'
import { requestNamesOf, requestReference, requestReferences } from './request-name.ts'
import { upTo } from './size-limit.ts'

const maxConsumers = 256
const maxResults = 32
/** the class's and the claim's */
const maxConfigurations = 64
const maxConditions = 8
const maxAddresses = 16
const maxInterfaceBytes = 256
const maxHardwareAddressBytes = 128

type DeviceId = Pick<AllocatedDeviceStatus, 'driver' | 'pool' | 'device'>

/** No name has a blank. */
const idOf = ({ driver, pool, device }: DeviceId) => `${driver} ${pool} ${device}`

const allocatedIn = (status: ResourceClaimStatus | undefined): ReadonlySet<string> =>
  new Set((status?.allocation?.devices?.results ?? []).map(idOf))

/** Fields of upstream's features that are off in 1.35: DRAConsumableCapacity, DRADeviceBindingConditions. */
export const dropDisabledOfStatus = ({ status }: ResourceClaim): void => {
  for (const result of status?.allocation?.devices?.results ?? []) {
    delete result.shareID
    delete result.consumedCapacity
    delete result.bindingConditions
    delete result.bindingFailureConditions
  }
  for (const device of status?.devices ?? []) delete device.shareID
}

/** What was said of a device goes with its allocation: who frees it need not know of that. */
export const dropFreedDevices = ({ status }: ResourceClaim, { status: old }: ResourceClaim): void => {
  if (!status?.devices) return
  const [before, now] = [allocatedIn(old), allocatedIn(status)]
  status.devices = status.devices.filter((device) => !before.has(idOf(device)) || now.has(idOf(device)))
  if (status.devices.length === 0) delete status.devices
}

export const validateClaimStatus = (claim: ResourceClaim, { status: old = {} }: ResourceClaim): FieldError[] => {
  const { status = {}, metadata } = claim
  return [
    ...consumers('status.reservedFor', status.reservedFor),
    ...devices('status.devices', status),
    ...reservation(status, old, metadata.deletionTimestamp !== undefined),
    ...allocation(claim, old.allocation),
  ]
}

const consumers = (path: string, references: readonly ResourceClaimConsumerReference[] | undefined): FieldError[] => {
  const seen = createSeen()
  const findings = upTo(maxConsumers, path, references, (at, { resource, name, uid }) => [
    ...required(`${at}.resource`, resource),
    ...required(`${at}.name`, name),
    ...required(`${at}.uid`, uid),
  ])
  if ((references?.length ?? 0) > maxConsumers) return findings
  return [...findings, ...each(path, references, (at, { uid = '' }) => (seen(uid) ? [duplicateValue(at, uid)] : []))]
}

const deviceAsGo = ({ driver = '', pool = '', device = '' }: Partial<DeviceId>) => ({
  Driver: driver,
  Pool: pool,
  Device: device,
  ShareID: '',
})

const devices = (path: string, status: ResourceClaimStatus): FieldError[] => {
  const allocated = allocatedIn(status)
  const seen = createSeen()
  return [
    ...each(path, status.devices, (at, device) => validateDevice(at, device, allocated)),
    ...each(path, status.devices, (at, device) => (seen(idOf(device)) ? [duplicateValue(at, deviceAsGo(device))] : [])),
  ]
}

const validateDevice = (path: string, device: AllocatedDeviceStatus, allocated: ReadonlySet<string>): FieldError[] => {
  const count = device.conditions?.length ?? 0
  return [
    ...driverName(`${path}.driver`, device.driver),
    ...poolName(`${path}.pool`, device.pool),
    ...labelName(`${path}.device`, device.device),
    ...(allocated.has(idOf(device)) ? [] : [invalidValue(path, deviceAsGo(device), 'must be an allocated device in the claim')]),
    ...(count > maxConditions ? [tooMany(`${path}.conditions`, count, maxConditions)] : []),
    ...conditions(`${path}.conditions`, device.conditions ?? []),
    ...(device.data === undefined || device.data === null ? [] : rawExtension(`${path}.data`, device.data)),
    ...(device.networkData ? networkData(`${path}.networkData`, device.networkData) : []),
  ]
}

const networkData = (path: string, { interfaceName = '', hardwareAddress = '', ips }: NetworkDeviceData): FieldError[] => {
  const seen = createSeen()
  const limited = (field: string, value: string, max: number) =>
    Buffer.byteLength(value) > max ? [tooLong(`${path}.${field}`, max)] : []
  const addresses = upTo(maxAddresses, `${path}.ips`, ips, interfaceAddress)
  return [
    ...limited('interfaceName', interfaceName, maxInterfaceBytes),
    ...limited('hardwareAddress', hardwareAddress, maxHardwareAddressBytes),
    ...addresses,
    ...((ips?.length ?? 0) > maxAddresses
      ? []
      : each(`${path}.ips`, ips, (at, ip) => (seen(ip) ? [duplicateValue(at, ip)] : []))),
  ]
}

const reservation = (status: ResourceClaimStatus, old: ResourceClaimStatus, isDeleted: boolean): FieldError[] => {
  const { reservedFor = [], allocation } = status
  if (reservedFor.length === 0) return []
  const fail = (detail: string) => [forbiddenField('status.reservedFor', detail)]
  if (!allocation) return fail('may not be specified when `allocated` is not set')
  const isNew = (reference: ResourceClaimConsumerReference) => !old.reservedFor?.some((known) => isEquivalent(known, reference))
  return isDeleted && reservedFor.some(isNew)
    ? fail('new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')
    : []
}

const allocation = ({ status, spec }: ResourceClaim, old: AllocationResult | undefined): FieldError[] => {
  const path = 'status.allocation'
  const given = status?.allocation
  if (!given) return []
  if (old) return isEquivalent(given, old) ? [] : [invalidValue(path, allocationAsGo(given), 'field is immutable')]
  const names = requestNamesOf(spec.devices ?? {})
  const { results, config } = given.devices ?? {}
  return [
    ...upTo(maxResults, `${path}.devices.results`, results, (at, result) => [
      ...requestReference(`${at}.request`, result.request, names),
      ...driverName(`${at}.driver`, result.driver),
      ...poolName(`${at}.pool`, result.pool),
      ...labelName(`${at}.device`, result.device),
    ]),
    ...upTo(maxConfigurations, `${path}.devices.config`, config, (at, one) => [
      ...requiredOneOf(`${at}.source`, one.source, ['FromClaim', 'FromClass']),
      ...requestReferences(`${at}.requests`, one.requests, names),
      ...deviceConfiguration(at, one),
    ]),
    ...(given.nodeSelector ? validateNodeSelector(`${path}.nodeSelector`, given.nodeSelector) : []),
  ]
}
