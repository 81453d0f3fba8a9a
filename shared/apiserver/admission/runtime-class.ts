import { compareQuantities, parseQuantity } from '../../meta/quantity.ts'
import { type Pod, type RuntimeClass, runtimeClasses } from '../../resources/resource.ts'
import type { ObjectReader } from '../../storage/current-objects.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { isPodCreate } from './of-kind.ts'
import { refuse, refuseEarly } from './refuse.ts'
import { mergeTolerations } from './runtime-class/merge-tolerations.ts'

/** A pod gets what its class costs beside its containers, and stays with the nodes that have the class. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  mutate: async (attributes, { current }) => {
    if (!isPodCreate(attributes)) return
    const found = await classOf(attributes, current)
    if (!found) return
    setOverhead(attributes, found)
    setScheduling(attributes, found)
  },
  validate: async (attributes, { current }) => {
    if (!isPodCreate(attributes)) return
    const overhead = (await classOf(attributes, current))?.overhead?.podFixed
    const given = (attributes.object as Pod).spec.overhead
    if (overhead && !sameAmounts(overhead, given)) throw refuse(attributes, mismatch)
    if (!overhead && given)
      throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}

const mismatch = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

const classOf = async (attributes: AdmissionAttributes, current: ObjectReader): Promise<RuntimeClass | undefined> => {
  const { runtimeClassName } = (attributes.object as Pod).spec
  if (runtimeClassName === undefined) return undefined
  const found = await current.get(runtimeClasses, '', runtimeClassName)
  if (!found) throw refuseEarly(attributes, `pod rejected: RuntimeClass "${runtimeClassName}" not found`)
  return found
}

const setOverhead = (attributes: AdmissionAttributes, { overhead }: RuntimeClass) => {
  if (!overhead) return
  const { spec } = attributes.object as Pod
  if (Object.keys(spec.overhead ?? {}).length > 0 && !sameAmounts(overhead.podFixed, spec.overhead))
    throw refuseEarly(attributes, mismatch)
  spec.overhead = overhead.podFixed && { ...overhead.podFixed }
}

const sameAmounts = (a: Record<string, string> = {}, b: Record<string, string> = {}): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(
    ([name, amount]) => b[name] !== undefined && compareQuantities(parseQuantity(amount), parseQuantity(b[name])) === 0,
  )

const setScheduling = (attributes: AdmissionAttributes, { scheduling }: RuntimeClass) => {
  if (!scheduling) return
  const { spec } = attributes.object as Pod
  for (const [key, wanted] of Object.entries(scheduling.nodeSelector ?? {})) {
    const given = spec.nodeSelector?.[key]
    if (given !== undefined && given !== wanted) {
      throw refuseEarly(
        attributes,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; pod.spec.nodeSelector[${key}] = ${given}`,
      )
    }
  }
  if (spec.nodeSelector ?? scheduling.nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...scheduling.nodeSelector }
  const tolerations = mergeTolerations(spec.tolerations ?? [], scheduling.tolerations ?? [])
  if (tolerations.length > 0) spec.tolerations = tolerations
}
