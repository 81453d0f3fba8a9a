import { protectionFinalizers } from '../../resources/core/volume/protection.ts'
import { persistentVolumes } from '../../resources/resource.ts'
import { createProtectionController } from './protection.ts'

/** A volume stays as long as a claim has it. */
export const volumeProtectionController = createProtectionController({
  name: 'persistentvolume-protection',
  resource: persistentVolumes,
  finalizer: protectionFinalizers.persistentvolumes,
  watches: [],
  isUsed: ({ status }) => status?.phase === 'Bound',
})
