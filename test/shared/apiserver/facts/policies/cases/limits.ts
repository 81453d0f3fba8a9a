import type { Request } from '../case.ts'
import { post } from './requests.ts'

const definition = (plural: string, kind: string, scope: string): Request =>
  post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: `${plural}.policies.example.com` },
    spec: {
      group: 'policies.example.com',
      scope,
      names: { plural, kind },
      versions: ['v1', 'v1beta1'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        subresources: { status: {}, scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' } },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      })),
    },
  })

/** Kinds that several cases use. */
export const shared: readonly Request[] = [
  definition('limits', 'Limit', 'Namespaced'),
  definition('clusterlimits', 'ClusterLimit', 'Cluster'),
]
export const limit = (name: string, spec: object, labels = {}) =>
  post('/apis/policies.example.com/v1/namespaces/NS/limits', {
    apiVersion: 'policies.example.com/v1',
    kind: 'Limit',
    metadata: { name, labels },
    spec,
  })
export const clusterLimit = (name: string, spec: object, labels = {}) =>
  post('/apis/policies.example.com/v1/clusterlimits', {
    apiVersion: 'policies.example.com/v1',
    kind: 'ClusterLimit',
    metadata: { name, labels },
    spec,
  })
export const limits = { apiVersion: 'policies.example.com/v1', kind: 'Limit' }
