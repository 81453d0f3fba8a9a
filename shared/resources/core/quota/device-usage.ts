import { addQuantities, parseQuantity, type Quantity } from '../../../meta/quantity.ts'
import type { DeviceRequest, DeviceSubRequest, ExactDeviceRequest } from '../../generated/types.ts'
import type { ResourceClaim } from '../../resource.ts'
import type { QuotaEvaluator } from './evaluator.ts'

const one = parseQuantity('1')
const count = 'count/resourceclaims.resource.k8s.io'
const ofClass = '.deviceclass.resource.k8s.io/devices'
/** as many as can be allocated for one claim */
const worstCase = 32

/** Claims of devices, and how many devices of each class they may get. */
export const deviceUsage: QuotaEvaluator = {
  tracks: (name) => name === count || name.endsWith(ofClass),
  usage: (object) => {
    const usage = new Map<string, Quantity>([[count, one]])
    for (const request of (object as ResourceClaim).spec.devices?.requests ?? [])
      for (const [className, devices] of mostOf(request)) {
        const name = `${className}${ofClass}`
        const amount = parseQuantity(String(devices))
        usage.set(name, usage.has(name) ? addQuantities(usage.get(name)!, amount) : amount)
      }
    return usage
  },
  matchesScope: () => false,
  chargesUpdate: (subresource) => subresource === '',
  // what a claim asks for never changes
  mayChangeUse: () => false,
}

/** By class: of alternatives the one that takes most. */
const mostOf = ({ exactly, firstAvailable }: DeviceRequest): ReadonlyMap<string, number> => {
  const most = new Map<string, number>()
  const wanted = firstAvailable?.length ? firstAvailable : exactly ? [exactly] : []
  for (const one of wanted) {
    const devices = devicesOf(one)
    if (devices > (most.get(one.deviceClassName) ?? 0)) most.set(one.deviceClassName, devices)
  }
  return most
}

const devicesOf = ({ allocationMode, count: devices = 0 }: ExactDeviceRequest | DeviceSubRequest): number =>
  allocationMode === 'All' ? worstCase : devices
