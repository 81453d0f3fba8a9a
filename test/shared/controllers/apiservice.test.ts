import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reach, ReachRequest } from '../../../shared/reach/reach.ts'
import type { APIService } from '../../../shared/resources/apiregistration/resource.ts'
import {
  apiServices,
  configMaps,
  customResourceDefinitions,
  pods,
  serviceAccounts,
  services,
} from '../../../shared/resources/resource.ts'
import { allControllers, startTestCluster, type TestCluster } from './environment.ts'

let cluster: TestCluster
let answer: () => number
const asked: ReachRequest[] = []
const reach: Reach = {
  request: async (_target, request) => {
    asked.push(request)
    return { status: answer(), headers: {}, body: Readable.from([]) }
  },
}
const frontProxy = { identity: async () => ({ certificate: 'CERT', key: 'KEY' }), authority: async () => 'FRONT' }
const extensions = { reach, frontProxy, lookAgainMs: 30_000 }
beforeAll(async () => {
  answer = () => 200
  cluster = await startTestCluster({ controllers: allControllers({ extensions }) })
  await cluster.until(() => cluster.cache.get(serviceAccounts, 'default', 'default'))
  await cluster.addNode('node-1')
  cluster.playKubelet()
})
afterAll(() => cluster.stop())

const get = (name: string) => cluster.cache.get(apiServices, '', name)
const merge = (name: string, body: object) => cluster.client.patch(apiServices, '', name, { type: 'merge', body })
const condition = (name: string) => get(name)?.status?.conditions?.[0]

describe('local APIServices', () => {
  it('stand for each version that is built in', async () => {
    const apps = await cluster.until(() => get('v1.apps'))
    expect(apps).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    })
    const names = await cluster.until(() => {
      const all = cluster.cache.list(apiServices).map(({ metadata }) => metadata.name)
      return ['v1.', 'v2.autoscaling', 'v1.authentication.k8s.io'].every((name) => all.includes(name)) && all
    })
    expect(names).not.toContain('v1.apiregistration.k8s.io')
  })

  it('come back as they were when somebody leads them elsewhere or takes them away', async () => {
    const before = await cluster.until(() => get('v1.batch'))
    await merge('v1.batch', { spec: { service: { namespace: 'default', name: 'evil' }, insecureSkipTLSVerify: true } })
    await cluster.until(() => {
      const { spec, metadata } = get('v1.batch') ?? {}
      return (
        metadata?.resourceVersion !== before.metadata.resourceVersion &&
        spec?.service === undefined &&
        condition('v1.batch')?.reason === 'Local'
      )
    })
    await cluster.client.delete(apiServices, '', 'v1.batch')
    await cluster.until(() => get('v1.batch')?.metadata.uid !== before.metadata.uid && get('v1.batch'))
  })

  it('come and go with definitions', async () => {
    const schema = { openAPIV3Schema: { type: 'object' } }
    const versions = ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === 'v1', schema }))
    await cluster.client.create(customResourceDefinitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'tabs.stable.example.com' },
      spec: { group: 'stable.example.com', scope: 'Namespaced', names: { plural: 'tabs', kind: 'Tab' }, versions },
    } as never)
    expect(await cluster.until(() => get('v2.stable.example.com') && get('v1.stable.example.com'))).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
      spec: { groupPriorityMinimum: 1000, versionPriority: 100 },
    })
    await cluster.client.delete(customResourceDefinitions, '', 'tabs.stable.example.com')
    await cluster.until(() => !get('v1.stable.example.com') && !get('v2.stable.example.com'))
  })
})

describe('an APIService that leads to a Service', () => {
  const name = 'v1alpha1.wardle.example.com'
  const until = (reason: string) => cluster.until(() => condition(name)?.reason === reason && condition(name))
  const service = (): APIService => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name },
    spec: {
      ...{ group: 'wardle.example.com', version: 'v1alpha1', groupPriorityMinimum: 2000, versionPriority: 200 },
      ...{ service: { namespace: 'default', name: 'wardle', port: 7443 }, insecureSkipTLSVerify: true },
    },
  })

  it('is available once its server answers, and says what is missing until then', async () => {
    await cluster.client.create(apiServices, service())
    expect(await until('ServiceNotFound')).toMatchObject({
      status: 'False',
      message: 'service/wardle in "default" is not present',
    })
    const metadata = { name: 'wardle', namespace: 'default' }
    const port = { port: 443, protocol: 'TCP', targetPort: 8443 }
    await cluster.client.create(services, {
      ...{ apiVersion: 'v1', kind: 'Service', metadata },
      spec: { selector: { app: 'wardle' }, ports: [port] },
    })
    expect(await until('ServicePortError')).toMatchObject({
      message: 'service/wardle in "default" is not listening on port 7443',
    })
    await merge(name, { spec: { service: { namespace: 'default', name: 'wardle', port: 443 } } })
    expect(await until('MissingEndpoints')).toMatchObject({
      message: 'endpointslices for service/wardle in "default" have no addresses with port name ""',
    })
    answer = () => 403
    await cluster.client.create(pods, {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, labels: { app: 'wardle' } } },
      spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'i' }] },
    })
    expect((await until('FailedDiscoveryCheck')).message).toBe(
      'failing or missing response from https://wardle.default.svc:443/apis/wardle.example.com/v1alpha1: bad status from https://wardle.default.svc:443/apis/wardle.example.com/v1alpha1: 403',
    )
    answer = () => 200
    await merge(name, { metadata: { annotations: { look: 'again' } } })
    expect(await until('Passed')).toMatchObject({ status: 'True', message: 'all checks passed' })
    expect(asked.at(-1)).toMatchObject({
      path: '/apis/wardle.example.com/v1alpha1',
      headers: { 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': ['system:masters'] },
      tls: { insecure: true, client: { certificate: 'CERT' } },
    })
    await cluster.client.delete(pods, 'default', 'wardle')
    await until('MissingEndpoints')
  })
})

it('extension servers read whom they may believe', async () => {
  const found = () => cluster.cache.get(configMaps, 'kube-system', 'extension-apiserver-authentication')
  const { data } = await cluster.until(found)
  expect(data).toMatchObject({
    'client-ca-file': 'PEM',
    'requestheader-client-ca-file': 'FRONT',
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  })
})
