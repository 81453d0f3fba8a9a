import type { PersistentVolumeClaim } from '../../resource.ts'

/** Every class of volume attributes that the claim has, wants, or is about to have. */
export const attributesClassesOf = ({ spec, status }: PersistentVolumeClaim): string[] => {
  const current = status?.currentVolumeAttributesClassName
  const target = status?.modifyVolumeStatus?.targetVolumeAttributesClassName
  return [...new Set([spec.volumeAttributesClassName, current, target].filter((name): name is string => Boolean(name)))]
}
