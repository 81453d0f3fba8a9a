import { type LimitRange, limitRanges, type PersistentVolumeClaim, type Pod } from '../../resources/resource.ts'
import type { ObjectReader } from '../../storage/current-objects.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { claimFindings, podFindings } from './limit-ranger/bounds.ts'
import { giveDefaults } from './limit-ranger/defaults.ts'
import { isMain, isPodChange, isPodCreate } from './of-kind.ts'
import { refuse } from './refuse.ts'

/**
 * What a namespace's LimitRanges say of the containers, pods and claims in it: defaults first, then bounds. Containers of a pod that stands
 * may not change but by a resize, so only creations of pods and that are looked at.
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate: async (attributes, { current }) => {
    if (!isPodSized(attributes)) return
    for (const range of await rangesOf(attributes, current)) giveDefaults(attributes.object as Pod, range)
  },
  validate: async (attributes, { current }) => {
    const findingsOf = checkOf(attributes)
    if (!findingsOf) return
    for (const range of await rangesOf(attributes, current)) {
      const findings = [...new Set(findingsOf(range))]
      if (findings.length > 0) throw refuse(attributes, findings.length === 1 ? findings[0]! : `[${findings.join(', ')}]`)
    }
  },
}

const isPodSized = (attributes: AdmissionAttributes) => isPodCreate(attributes) || isPodChange(attributes, 'resize')

const checkOf = (attributes: AdmissionAttributes): ((range: LimitRange) => string[]) | undefined => {
  const { operation, object, oldObject } = attributes
  if (operation === 'DELETE' || oldObject?.metadata.deletionTimestamp) return undefined
  if (isPodSized(attributes)) return (range) => podFindings(object as Pod, range)
  if (isMain(attributes, '', 'persistentvolumeclaims')) return (range) => claimFindings(object as PersistentVolumeClaim, range)
  return undefined
}

/** By name, so that the same one is always named. */
const rangesOf = async ({ namespace }: AdmissionAttributes, current: ObjectReader): Promise<readonly LimitRange[]> => {
  const ranges = await current.list(limitRanges, namespace)
  return ranges.length < 2 ? ranges : [...ranges].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}
