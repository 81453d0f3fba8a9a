import type { KubeObject } from '../../meta/object.ts'

export const partialMetadata = ({ metadata }: KubeObject, version: 'v1' | 'v1beta1') => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata,
})
