import type { Index } from '../../client/cache.ts'
import { attributesClassesOf } from '../../resources/core/claim/attributes-classes.ts'
import { protectionFinalizers } from '../../resources/core/volume/protection.ts'
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaims,
  persistentVolumes,
  volumeAttributesClasses,
} from '../../resources/resource.ts'
import { watch } from '../controller.ts'
import { createProtectionController } from './protection.ts'

const ofVolume = ({ spec }: PersistentVolume): string[] =>
  spec.volumeAttributesClassName ? [spec.volumeAttributesClassName] : []

const claimsByClass: Index<PersistentVolumeClaim> = {
  name: 'attributes class',
  resource: persistentVolumeClaims,
  valuesOf: attributesClassesOf,
}
const volumesByClass: Index<PersistentVolume> = { name: 'attributes class', resource: persistentVolumes, valuesOf: ofVolume }

/** What is named no longer, by a change or a deletion. */
const gone = (now: readonly string[], before: readonly string[]) => before.filter((name) => !now.includes(name))

/** A class of volume attributes stays as long as a claim or a volume names it. */
export const attributesClassProtectionController = createProtectionController({
  name: 'volumeattributesclass-protection',
  resource: volumeAttributesClasses,
  finalizer: protectionFinalizers.volumeattributesclasses,
  watches: [
    watch(persistentVolumeClaims, (claim, previous) =>
      gone(claim ? attributesClassesOf(claim) : [], previous ? attributesClassesOf(previous) : []),
    ),
    watch(persistentVolumes, (volume, previous) => gone(volume ? ofVolume(volume) : [], previous ? ofVolume(previous) : [])),
  ],
  isUsed: ({ metadata }, { cache }) =>
    cache.byIndex(volumesByClass, metadata.name).length > 0 || cache.byIndex(claimsByClass, metadata.name).length > 0,
})
