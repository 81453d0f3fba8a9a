import { saysClass } from '../../resources/core/volume/class-name.ts'
import { defaultStorageClassOf } from '../../resources/default-storage-class.ts'
import { type PersistentVolumeClaim, storageClasses } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

/** A claim that says nothing of a class gets the default one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate: async (attributes, { current }) => {
    if (attributes.operation !== 'CREATE' || !isMain(attributes, '', 'persistentvolumeclaims')) return
    const claim = attributes.object as PersistentVolumeClaim
    if (saysClass(claim)) return
    const found = defaultStorageClassOf(await current.list(storageClasses))
    if (found) claim.spec.storageClassName = found.metadata.name
  },
}
