import type { PersistentVolume } from '../../resource.ts'
import { volumeAnnotations } from './binding.ts'

/** Who makes volumes that are a directory of one node; on a volume, the finalizer that its node takes away when the directory is gone. */
export const localDirectory = 'windlass.dev/local-directory'

/** On a node: below which absolute path it keeps them, each under its volume's name; a node without it has none. */
export const directoriesAnnotation = 'windlass.dev/local-directories'

/** On a volume: its node has made the directory once. Should it be missing after that, its data is, and no empty one takes its place. */
export const madeAnnotation = 'windlass.dev/local-directory-made'

/** On a volume: its node; also what its affinity names. */
export const nodeLabel = 'kubernetes.io/hostname'

/** The node whose directory a volume is; undefined: it is none of these. */
export const nodeOfDirectory = ({ metadata, spec }: PersistentVolume): string | undefined => {
  if (metadata.annotations?.[volumeAnnotations.provisionedBy] !== localDirectory || !spec?.local) return undefined
  const [term, ...others] = spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
  const [rule, ...rules] = term?.matchExpressions ?? []
  if (!rule || others.length > 0 || rules.length > 0 || rule.key !== nodeLabel) return undefined
  return rule.values?.length === 1 ? rule.values[0] : undefined
}

/** Whether its node is to remove the directory: it is on its way out with what it holds, and no claim has it. */
export const isDirectoryUnwanted = ({ metadata, spec, status }: PersistentVolume): boolean =>
  metadata.deletionTimestamp !== undefined &&
  metadata.finalizers?.includes(localDirectory) === true &&
  spec.persistentVolumeReclaimPolicy === 'Delete' &&
  status?.phase !== undefined &&
  unused.has(status.phase)

const unused: ReadonlySet<string> = new Set(['Available', 'Released', 'Failed'])
