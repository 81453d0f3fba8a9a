import { judgeStatus } from '../../../../shared/controllers/customresourcedefinition/status.ts'
import type { CustomResourceDefinition } from '../../../../shared/resources/apiextensions/resource.ts'
import type { TestServer } from '../environment.ts'

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const text = { type: 'string' }
const schemaOf = (properties: object) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
})

export const crdOf = (group: string, webhook: object, versions?: object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `endpoints.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'endpoints', kind: 'Endpoint', listKind: 'EndpointList', singular: 'endpoint' },
    conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1', 'v1beta1'], ...webhook } },
    versions: versions ?? [
      { name: 'v1', served: true, storage: true, schema: schemaOf({ hostPort: text }), subresources: { status: {} } },
      {
        ...{ name: 'v2', served: true, storage: false, subresources: { status: {} } },
        schema: schemaOf({ host: text, port: text, mode: { ...text, default: 'dflt' } }),
      },
    ],
  },
})

/** A definition as its controller leaves it. */
export const define = async (server: TestServer, crd: ReturnType<typeof crdOf>) => {
  const { code, json } = await server.call<CustomResourceDefinition>('POST', crds, { body: crd })
  if (code !== 201) throw new Error(JSON.stringify(json))
  await server.call('PUT', `${crds}/${crd.metadata.name}/status`, { body: judgeStatus(json, [], '2026-01-01T00:00:00Z') })
}

export const redefine = (server: TestServer, group: string, body: unknown) =>
  server.call('PATCH', `${crds}/endpoints.${group}`, { body, headers: { 'content-type': 'application/json-patch+json' } })

export const at = (group: string, version: string) => `/apis/${group}/${version}/namespaces/default/endpoints`

export const endpoint = (group: string, version: string, { name, ...spec }: { name: string } & Record<string, string>) => ({
  ...{ apiVersion: `${group}/${version}`, kind: 'Endpoint', metadata: { name, labels: { k: 'v' } as Record<string, string> } },
  spec,
})
