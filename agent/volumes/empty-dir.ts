import { chmod, mkdir } from 'node:fs/promises'
import { toUnits } from '../../shared/meta/quantity.ts'
import { mountTmpfs } from './mount.ts'
import { giveToGroup } from './ownership.ts'
import type { VolumePlugin } from './volume.ts'

/** An empty folder, or memory with `medium: Memory`. A sizeLimit bounds memory; on disk it only says what is expected. */
export const emptyDirPlugin: VolumePlugin = {
  kind: 'emptyDir',
  mount: async ({ pod, volume, dir }) => {
    const { medium, sizeLimit } = volume.emptyDir ?? {}
    if (medium?.startsWith('HugePages')) throw new Error(`emptyDir medium ${medium} is not supported by this agent`)
    await mkdir(dir, { recursive: true })
    if (medium === 'Memory') await mountTmpfs(dir, `mode=1777${sizeLimit ? `,size=${toUnits(sizeLimit)}` : ''}`)
    await chmod(dir, 0o777)
    await giveToGroup(dir, pod.spec.securityContext?.fsGroup)
    return dir
  },
}
