import { volumeAnnotations } from '../../resources/core/volume/binding.ts'
import { classOf } from '../../resources/core/volume/class-name.ts'
import { directoriesAnnotation, localDirectory, nodeLabel } from '../../resources/core/volume/local-directory.ts'
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../resources/resource.ts'

export type Provision =
  | { readonly volume: PersistentVolume }
  | {
      /** why there can be none */
      readonly failure: string
      /** another node may do */
      readonly elsewhere: boolean
    }

const accessModes = new Set(['ReadWriteOnce', 'ReadWriteOncePod'])

/** The volume for a claim of a class of ours. `node`: the one that the scheduler has chosen. Pure. */
export const provision = (claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node | undefined): Provision => {
  const failure = refusal(claim, storageClass)
  if (failure !== undefined) return { failure, elsewhere: false }
  const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode]
  if (selected === undefined) {
    const failure = 'a directory is of one node, and none was chosen: the class needs volumeBindingMode WaitForFirstConsumer'
    return { failure, elsewhere: false }
  }
  if (!node) return { failure: `node ${JSON.stringify(selected)} not found`, elsewhere: true }
  const root = node.metadata.annotations?.[directoriesAnnotation]
  if (root === undefined) return { failure: `node ${JSON.stringify(selected)} keeps no directories for volumes`, elsewhere: true }
  return { volume: volumeFor(claim, storageClass, { node, root }) }
}

/** What the class or the claim asks for that a directory is not. */
const refusal = ({ spec }: PersistentVolumeClaim, { parameters, mountOptions }: StorageClass): string | undefined => {
  const [parameter] = Object.keys(parameters ?? {})
  if (parameter !== undefined) return `unknown parameter ${JSON.stringify(parameter)} of the class`
  if (mountOptions?.length) return 'a directory takes no mountOptions'
  if (spec.volumeMode === 'Block') return 'a directory is no block device'
  const mode = spec.accessModes?.find((one) => !accessModes.has(one))
  if (mode !== undefined) return `a directory of one node can be ReadWriteOnce or ReadWriteOncePod only, not ${mode}`
  if (spec.dataSource || spec.dataSourceRef) return 'a directory begins empty: dataSource is not supported'
  return spec.selector ? 'claim.Spec.Selector is not supported' : undefined
}

export const volumeNameFor = ({ metadata }: PersistentVolumeClaim): string => `pvc-${metadata.uid}`

const volumeFor = (
  claim: PersistentVolumeClaim,
  { reclaimPolicy }: StorageClass,
  { node, root }: { node: Node; root: string },
): PersistentVolume => {
  const name = volumeNameFor(claim)
  const host = node.metadata.labels?.[nodeLabel] ?? node.metadata.name
  const { uid, resourceVersion, namespace = '' } = claim.metadata
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      labels: { [nodeLabel]: host },
      annotations: { [volumeAnnotations.provisionedBy]: localDirectory },
      ...(reclaimPolicy === 'Retain' ? {} : { finalizers: [localDirectory] }),
    },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '0' },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace,
        name: claim.metadata.name,
        uid,
        resourceVersion,
      },
      local: { path: `${root}/${name}` },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: nodeLabel, operator: 'In', values: [host] }] }] },
      },
      persistentVolumeReclaimPolicy: reclaimPolicy ?? 'Delete',
      storageClassName: classOf(claim),
      volumeMode: 'Filesystem',
    },
  }
}
