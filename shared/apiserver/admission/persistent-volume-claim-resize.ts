import { compareQuantities } from '../../meta/quantity.ts'
import { classOf } from '../../resources/core/volume/class-name.ts'
import { requestOf } from '../../resources/core/volume/matching.ts'
import { type PersistentVolumeClaim, storageClasses } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'
import { refuse } from './refuse.ts'

/** A claim may ask for more only where its class lets volumes grow. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate: async (attributes, { current }) => {
    if (attributes.operation !== 'UPDATE' || !isMain(attributes, '', 'persistentvolumeclaims')) return
    const claim = attributes.object as PersistentVolumeClaim
    const old = attributes.oldObject as PersistentVolumeClaim
    if (compareQuantities(requestOf(claim), requestOf(old)) <= 0) return
    if (old.status?.phase !== 'Bound') throw refuse(attributes, 'Only bound persistent volume claims can be expanded')
    const [name, oldName] = [classOf(claim), classOf(old)]
    const found = name !== '' && name === oldName ? await current.get(storageClasses, '', name) : undefined
    if (found?.allowVolumeExpansion) return
    throw refuse(
      attributes,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    )
  },
}
