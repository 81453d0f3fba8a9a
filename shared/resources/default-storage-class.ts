import { defaultClass } from './default-class.ts'
import type { StorageClass } from './resource.ts'

export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class'

const annotations = [defaultClassAnnotation, 'storageclass.beta.kubernetes.io/is-default-class']

export const isDefaultStorageClass = ({ metadata }: StorageClass): boolean =>
  annotations.some((key) => metadata.annotations?.[key] === 'true')

/** What claims get that say nothing of a class. */
export const defaultStorageClassOf = (classes: readonly StorageClass[]): StorageClass | undefined =>
  defaultClass(classes, annotations)
