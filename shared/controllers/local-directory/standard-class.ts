import { isReason } from '../../meta/status.ts'
import { localDirectory } from '../../resources/core/volume/local-directory.ts'
import { defaultClassAnnotation } from '../../resources/default-storage-class.ts'
import { namespaces, type StorageClass, storageClasses } from '../../resources/resource.ts'
import { type Controller, watch } from '../controller.ts'
import { createMissing } from '../namespace-content.ts'

const name = 'standard'
const systemNamespace = 'kube-system'
/** On the system's namespace: the class was made once. What its users do with it since is theirs. */
const madeAnnotation = 'windlass.dev/standard-storage-class'

export const standardStorageClass: StorageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { [defaultClassAnnotation]: 'true' } },
  provisioner: localDirectory,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
  allowVolumeExpansion: true,
}

/** The class that every cluster begins with; one that somebody changes or deletes stays so. */
export const standardStorageClassController: Controller = {
  name: 'standard-storage-class',
  watches: [
    watch(namespaces, (namespace, previous) => (namespace?.metadata.name === systemNamespace && !previous ? [name] : [])),
    watch(storageClasses, () => []),
  ],
  reconcile: async (_key, { cache, client }) => {
    const system = cache.get(namespaces, '', systemNamespace)
    if (!system || system.metadata.annotations?.[madeAnnotation] !== undefined) return
    if (!cache.get(storageClasses, '', name)) await createMissing(client, storageClasses, standardStorageClass)
    const { uid } = system.metadata
    const body = { metadata: { uid, annotations: { [madeAnnotation]: 'made' } } }
    try {
      await client.patch(namespaces, '', systemNamespace, { type: 'merge', body })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  },
}
