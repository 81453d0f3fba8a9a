import { compareQuantities, parseQuantity, type Quantity } from '../../../meta/quantity.ts'
import type { PersistentVolumeClaim } from '../../resource.ts'
import { attributesClassesOf } from '../claim/attributes-classes.ts'
import { classOf } from '../volume/class-name.ts'
import { isChosen, type QuotaEvaluator } from './evaluator.ts'

const one = parseQuantity('1')
const names = ['persistentvolumeclaims', 'requests.storage']
const ofClass = '.storageclass.storage.k8s.io/'
const billion = 1_000_000_000n

/** Claims and the storage that they ask for, together and by class. */
export const claimUsage: QuotaEvaluator = {
  tracks: (name) =>
    name === 'count/persistentvolumeclaims' || names.some((known) => name === known || name.endsWith(`${ofClass}${known}`)),
  usage: (object) => {
    const claim = object as PersistentVolumeClaim
    const storage = storageOf(claim)
    const usage: [string, Quantity][] = [['persistentvolumeclaims', one]]
    if (storage) usage.push(['requests.storage', storage])
    const className = classOf(claim)
    const byClass = className ? usage.map(([name, amount]): [string, Quantity] => [`${className}${ofClass}${name}`, amount]) : []
    return new Map([['count/persistentvolumeclaims', one], ...usage, ...byClass])
  },
  matchesScope: (requirement, object) => {
    if (requirement.scopeName !== 'VolumeAttributesClass') return false
    const classes = attributesClassesOf(object as PersistentVolumeClaim)
    if (classes.length === 0) return isChosen(requirement, undefined)
    return classes.some((name) => isChosen(requirement, name))
  },
  chargesUpdate: (subresource, object, old) =>
    subresource === '' ||
    (subresource === 'status' && statusMatters(object as PersistentVolumeClaim, old as PersistentVolumeClaim)),
  mayChangeUse: () => true,
}

/** In whole bytes; what a volume was given already counts if it is more. */
const storageOf = ({ spec, status }: PersistentVolumeClaim): Quantity | undefined => {
  const asked = spec.resources?.requests?.storage
  if (asked === undefined) return undefined
  const request = parseQuantity(asked)
  const given = status?.allocatedResources?.storage
  const allocated = given === undefined ? request : parseQuantity(given)
  const { nano, format } = compareQuantities(allocated, request) > 0 ? allocated : request
  return { nano: ((nano + billion - 1n) / billion) * billion, format }
}

/** What of a claim's status a quota reads. */
const statusMatters = (claim: PersistentVolumeClaim, old: PersistentVolumeClaim): boolean =>
  claim.status?.allocatedResources?.storage !== old.status?.allocatedResources?.storage ||
  attributesClassesOf(claim).sort().join() !== attributesClassesOf(old).sort().join()
