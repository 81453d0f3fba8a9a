import { type PersistentVolumeClaim, storageClasses } from '../../resources/resource.ts'
import type { AdmissionPlugin } from './admission.ts'
import { defaultClass } from './default-class.ts'
import { isMain } from './of-kind.ts'

const isDefault = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
const betaClass = 'volume.beta.kubernetes.io/storage-class'

/** A claim that says nothing of a class gets the default one; an empty name is a word too. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  mutate: async (attributes, { current }) => {
    if (attributes.operation !== 'CREATE' || !isMain(attributes, '', 'persistentvolumeclaims')) return
    const { metadata, spec } = attributes.object as PersistentVolumeClaim
    if (spec.storageClassName !== undefined || metadata.annotations?.[betaClass] !== undefined) return
    const found = defaultClass(await current.list(storageClasses), isDefault)
    if (found) spec.storageClassName = found.metadata.name
  },
}
