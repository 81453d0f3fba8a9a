import { protectionFinalizers } from '../../resources/core/volume/protection.ts'
import type { AdmissionPlugin } from './admission.ts'
import { isMain } from './of-kind.ts'

const protectedKinds = [
  { group: '', plural: 'persistentvolumeclaims' },
  { group: '', plural: 'persistentvolumes' },
  { group: 'storage.k8s.io', plural: 'volumeattributesclasses' },
] as const

/** Claims, volumes and their classes are held as long as they are used. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  mutate: (attributes) => {
    if (attributes.operation !== 'CREATE') return
    const found = protectedKinds.find(({ group, plural }) => isMain(attributes, group, plural))
    if (!found) return
    const { metadata } = attributes.object!
    const finalizer = protectionFinalizers[found.plural]
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}
