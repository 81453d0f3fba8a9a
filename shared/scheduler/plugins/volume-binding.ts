import type { FilterPlugin } from '../plugin.ts'

/** There are no PersistentVolumeClaims yet, so whichever a pod names is not there. */
export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  refuse: ({ pod }) => {
    const name = pod.spec.volumes?.find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.persistentVolumeClaim?.claimName
    return name === undefined ? undefined : `persistentvolumeclaim "${name}" not found`
  },
  filter: () => undefined,
}
