import { type FilterPlugin, resolvable } from '../plugin.ts'
import type { PodInfo } from '../pod-info.ts'

const rejection = resolvable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode')

/** A claim that is ReadWriteOncePod is one pod's at a time. */
export const volumeRestrictions: FilterPlugin = {
  name: 'VolumeRestrictions',
  filter: ({ pod, claims, uid }, { nodes, lookups: { volumes } }) => {
    const { namespace = '' } = pod.metadata
    const single = claims.filter((name) => volumes.claim(namespace, name)?.spec.accessModes?.includes('ReadWriteOncePod'))
    if (single.length === 0) return undefined
    const uses = (other: PodInfo) =>
      other.uid !== uid && other.pod.metadata.namespace === namespace && single.some((name) => other.claims.includes(name))
    const users = new Set(nodes.flatMap((node) => node.pods.filter(uses).map((other) => other.uid)))
    return {
      check: () => (users.size > 0 ? rejection : undefined),
      placed: (node) => {
        for (const other of node.pods) if (single.some((name) => other.claims.includes(name))) users.add(other.uid)
        return true
      },
      removed: (other) => void users.delete(other.uid),
      added: (other) => void (uses(other) && users.add(other.uid)),
    }
  },
}
