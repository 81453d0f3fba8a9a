import type { PersistentVolume, PersistentVolumeClaim } from '../../resource.ts'

export const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

/** The annotation of the time before the field comes first; '': it is of no class. */
export const classOf = ({ metadata, spec }: PersistentVolume | PersistentVolumeClaim): string =>
  metadata.annotations?.[classAnnotation] ?? spec?.storageClassName ?? ''

/** Whether a claim says anything of a class; an empty name is a word too. */
export const saysClass = ({ metadata, spec }: PersistentVolumeClaim): boolean =>
  metadata.annotations?.[classAnnotation] !== undefined || spec.storageClassName !== undefined
