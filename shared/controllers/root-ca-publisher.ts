import { configMaps } from '../resources/resource.ts'
import type { Controller } from './controller.ts'
import { createNamespaceContentController } from './namespace-content.ts'

const objectName = 'kube-root-ca.crt'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Each namespace has the API server's certificate authority (PEM) in a ConfigMap, which pods get beside their token. */
export const createRootCaPublisher = ({ certificateAuthority }: { certificateAuthority: string }): Controller => {
  const annotations = { 'kubernetes.io/description': description }
  const data = { 'ca.crt': certificateAuthority }
  return createNamespaceContentController({
    name: 'root-ca-certificate-publisher',
    resource: configMaps,
    objectName,
    build: (namespace) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: objectName, namespace, annotations },
      data,
    }),
    correct: (existing) =>
      existing.data?.['ca.crt'] === certificateAuthority && Object.keys(existing.data).length === 1
        ? undefined
        : {
            ...existing,
            metadata: { ...existing.metadata, annotations: { ...existing.metadata.annotations, ...annotations } },
            data,
          },
  })
}
