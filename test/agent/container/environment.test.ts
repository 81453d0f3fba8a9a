import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../agent/container/config-error.ts'
import type { ConfigSource } from '../../../agent/container/config-source.ts'
import { environmentOf } from '../../../agent/container/environment.ts'
import { expand } from '../../../agent/container/expansion.ts'
import { cgroupResources } from '../../../agent/container/resources.ts'
import { securityOf } from '../../../agent/container/security.ts'
import { serviceLinks } from '../../../agent/container/service-links.ts'
import type { Container } from '../../../shared/resources/generated/types.ts'
import type { Pod, Service } from '../../../shared/resources/resource.ts'

const pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', labels: { app: 'web' } },
  spec: { containers: [], nodeName: 'node-1', serviceAccountName: 'default' },
} as unknown as Pod

const objects: Record<string, Record<string, string>> = {
  'configMap shop/settings': { colour: 'blue', size: 'big' },
  'secret shop/login': { password: 's3cret' },
}
const read = (kind: string) => async (namespace: string, name: string, optional?: boolean) => {
  const data = objects[`${kind} ${namespace}/${name}`]
  if (!data && !optional) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`)
  return data && { type: '', data: new Map(Object.entries(data).map(([key, value]) => [key, Buffer.from(value)])) }
}
const source: ConfigSource = { configMap: read('configMap'), secret: read('secret') }

const environment = async (container: Partial<Container>, links = new Map<string, string>(), of = pod) =>
  Object.fromEntries(
    await environmentOf({
      pod: of,
      podIP: '10.244.0.5',
      hostIP: '10.244.0.1',
      allocatable: { cpu: '4', memory: '8Gi' },
      container: { name: 'main', ...container },
      source,
      inherited: links,
    }),
  )

describe('environmentOf', () => {
  const others = {
    ...pod,
    spec: {
      ...pod.spec,
      containers: [
        { name: 'main' },
        { name: 'other', resources: { limits: { cpu: '1500m', memory: '0' }, requests: { cpu: '1' } } },
      ],
      initContainers: [{ name: 'first', resources: { limits: { 'ephemeral-storage': '3Gi' } } }],
    },
  } as unknown as Pod

  it.each([
    ['other', 'limits.cpu', '1m', '1500'],
    ['other', 'limits.cpu', undefined, '2'],
    ['other', 'requests.cpu', '1m', '1000'],
    ['other', 'limits.memory', '1Gi', '8'],
    ['other', 'requests.memory', '1', '0'],
    ['first', 'limits.ephemeral-storage', '1Gi', '3'],
    ['first', 'limits.cpu', '1', '4'],
    ['main', 'limits.cpu', '1', '4'],
    ['', 'limits.cpu', '1', '1'],
    [undefined, 'limits.memory', '1Mi', '512'],
  ])('gives resources of container %s: %s in %s is %s', async (containerName, resource, divisor, expected) => {
    const main = { name: 'main', resources: { limits: { cpu: '1', memory: '512Mi' } } }
    const valueFrom = {
      resourceFieldRef: { resource, ...(divisor ? { divisor } : {}), ...(containerName === undefined ? {} : { containerName }) },
    }
    expect(await environment({ ...main, env: [{ name: 'V', valueFrom }] }, new Map(), others)).toEqual({ V: expected })
  })

  it('says which container is not there', async () => {
    const valueFrom = { resourceFieldRef: { resource: 'limits.cpu', containerName: 'none' } }
    await expect(environment({ env: [{ name: 'V', valueFrom }] }, new Map(), others)).rejects.toThrow('container none not found')
  })

  it('reads fields, resources, ConfigMaps and Secrets', async () => {
    const env = await environment({
      resources: { limits: { cpu: '250m' }, requests: { memory: '64Mi' } },
      env: [
        { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        { name: 'MILLIS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
        { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
        { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
        { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'password' } } },
        { name: 'MAYBE', valueFrom: { secretKeyRef: { name: 'none', key: 'x', optional: true } } },
      ],
    })
    expect(env).toEqual({
      IP: '10.244.0.5',
      APP: 'web',
      CPU: '1',
      MILLIS: '250',
      MEMORY: '8192',
      COLOUR: 'blue',
      PASSWORD: 's3cret',
    })
  })

  it('lets later ones win and see the earlier ones', async () => {
    const links = new Map([
      ['DB_SERVICE_HOST', '10.96.0.7'],
      ['size', 'from a link'],
    ])
    const env = await environment(
      {
        envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }, { configMapRef: { name: 'settings' } }],
        env: [
          { name: 'colour', value: 'red' },
          { name: 'url', value: '$(DB_SERVICE_HOST)/$(colour)/$(S_size)/$(later)/$$(colour)' },
          { name: 'later', value: 'x' },
        ],
      },
      links,
    )
    expect(env).toEqual({
      S_colour: 'blue',
      S_size: 'big',
      size: 'big',
      colour: 'red',
      url: '10.96.0.7/red/big/$(later)/$(colour)',
      later: 'x',
      DB_SERVICE_HOST: '10.96.0.7',
    })
  })

  it.each([
    [{ envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
    [{ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'none', key: 'a' } } }] }, 'secret "none" not found'],
    [
      { env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'settings', key: 'nope' } } }] },
      "couldn't find key nope in ConfigMap shop/settings",
    ],
  ])('refuses %j as upstream does', async (container, message) => {
    await expect(environment(container)).rejects.toThrow(message)
  })
})

it.each([
  ['$(A) $(B)', '1 $(B)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$1'],
  ['$A $(A', '$A $(A'],
])('expand %s', (text, expected) => {
  expect(expand(text, (name) => (name === 'A' ? '1' : undefined))).toBe(expected)
})

describe('serviceLinks', () => {
  const service = (namespace: string, name: string, spec: unknown) =>
    ({ metadata: { name, namespace }, spec }) as unknown as Service
  const services = [
    service('default', 'kubernetes', { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }] }),
    service('shop', 'my-db', { clusterIP: '10.96.0.9', ports: [{ port: 5432 }, { name: 'stats', port: 53, protocol: 'UDP' }] }),
    service('shop', 'headless', { clusterIP: 'None', ports: [{ port: 1 }] }),
    service('other', 'elsewhere', { clusterIP: '10.96.0.8', ports: [{ port: 1 }] }),
  ]

  it('tells of the Services of the namespace and of kubernetes', () => {
    expect(Object.fromEntries(serviceLinks(services, 'shop', true))).toEqual({
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
      KUBERNETES_PORT: 'tcp://10.96.0.1:443',
      KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443',
      KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
      KUBERNETES_PORT_443_TCP_PORT: '443',
      KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
      MY_DB_SERVICE_HOST: '10.96.0.9',
      MY_DB_SERVICE_PORT: '5432',
      MY_DB_SERVICE_PORT_STATS: '53',
      MY_DB_PORT: 'tcp://10.96.0.9:5432',
      MY_DB_PORT_5432_TCP: 'tcp://10.96.0.9:5432',
      MY_DB_PORT_5432_TCP_PROTO: 'tcp',
      MY_DB_PORT_5432_TCP_PORT: '5432',
      MY_DB_PORT_5432_TCP_ADDR: '10.96.0.9',
      MY_DB_PORT_53_UDP: 'udp://10.96.0.9:53',
      MY_DB_PORT_53_UDP_PROTO: 'udp',
      MY_DB_PORT_53_UDP_PORT: '53',
      MY_DB_PORT_53_UDP_ADDR: '10.96.0.9',
    })
  })

  it('leaves only kubernetes when they are not wanted', () => {
    const names = [...serviceLinks(services, 'shop', false).keys()]
    expect(names.every((name) => name.startsWith('KUBERNETES_'))).toBe(true)
    expect(names).toHaveLength(8)
  })
})

describe('cgroupResources', () => {
  const memory = 1000 * 1024 * 1024
  it.each([
    [{}, 'BestEffort', { cpuShares: 2, oomScoreAdj: 1000 }],
    [
      { requests: { cpu: '500m', memory: '100Mi' }, limits: { cpu: '2', memory: '200Mi' } },
      'Burstable',
      { cpuShares: 512, cpuPeriod: 100000, cpuQuota: 200000, memoryBytes: 209715200, oomScoreAdj: 900 },
    ],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed', { cpuShares: 1024, cpuQuota: 100000, oomScoreAdj: -997 }],
  ] as const)('of %j', (resources, qos, expected) => {
    expect(cgroupResources({ name: 'a', resources }, qos, memory)).toMatchObject(expected)
  })
})

describe('securityOf', () => {
  const of = (container: Partial<Container>, podSecurity = {}, user = '') =>
    securityOf({
      pod: { ...pod, spec: { ...pod.spec, securityContext: podSecurity } } as Pod,
      container: { name: 'main', ...container },
      image: { id: 'i', names: [], sizeBytes: 0, user },
    })

  it.each([
    [{ runAsUser: 1000 }, {}, '', '1000'],
    [{}, { runAsUser: 5, runAsGroup: 6 }, '', '5:6'],
    [{}, { runAsGroup: 6 }, 'app', 'app:6'],
    [{}, {}, 'app', undefined],
  ])('runs %j in a pod with %j and image user %j as %s', async (own, shared, imageUser, expected) => {
    expect((await of({ securityContext: own }, shared, imageUser)).user).toBe(expected)
  })

  it('refuses root where runAsNonRoot is set', async () => {
    await expect(of({ securityContext: { runAsNonRoot: true } })).rejects.toThrow(
      'container has runAsNonRoot and image will run as root (pod: "web_shop(u1)", container: main)',
    )
    await expect(of({ securityContext: { runAsNonRoot: true } }, {}, 'app')).rejects.toThrow('image has non-numeric user (app)')
    expect((await of({ securityContext: { runAsNonRoot: true } }, {}, '1001')).user).toBeUndefined()
  })
})
