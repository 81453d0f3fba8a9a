import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDefaultAdmission } from '../../../shared/apiserver/admission/default-plugins.ts'
import { systemClock } from '../../../shared/platform/clock.ts'
import type { Service } from '../../../shared/resources/resource.ts'
import { startTestServer, type TestServer } from './environment.ts'

let server: TestServer
let nowMs = Date.parse('2026-01-01T00:00:00Z')
const services = '/api/v1/namespaces/default/services'
const merge = { headers: { 'content-type': 'application/merge-patch+json' } }
const ports = [{ port: 80 }]

const create = (name: string, spec: object) => server.call<Service>('POST', services, { body: { metadata: { name }, spec } })
const addressTaken = async (address: string) =>
  (await server.call('GET', `/apis/networking.k8s.io/v1/ipaddresses/${address}`)).code === 200
const portTaken = async (port: number) =>
  (await server.store.get({ resource: 'nodeports.internal.windlass.dev', namespace: '', name: String(port) })) !== undefined

beforeAll(async () => {
  server = await startTestServer({
    clock: { ...systemClock, now: () => nowMs },
    admission: createDefaultAdmission({ serviceCIDR: '10.96.0.0/28', nodePorts: { first: 30000, last: 30003 } }),
  })
  await server.makeNamespace('default')
})
afterAll(() => server.stop())

describe('service addresses', () => {
  it('gives an address, recorded as an IPAddress, and takes it back', async () => {
    const { json } = await create('plain', { ports })
    const address = json.spec.clusterIP ?? ''
    expect(address).toMatch(/^10\.96\.0\.\d+$/)
    expect(json.spec).toMatchObject({
      clusterIPs: [address],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      type: 'ClusterIP',
    })
    const record = await server.call(`GET`, `/apis/networking.k8s.io/v1/ipaddresses/${address}`)
    expect(record.json.spec).toEqual({ parentRef: { resource: 'services', namespace: 'default', name: 'plain' } })
    await server.call('DELETE', `${services}/plain`)
    expect(await addressTaken(address)).toBe(false)
  })

  it('gives the address asked for, once', async () => {
    expect((await create('asked', { ports, clusterIP: '10.96.0.10' })).json.spec.clusterIPs).toEqual(['10.96.0.10'])
    const { json } = await create('asked-too', { ports, clusterIP: '10.96.0.10' })
    expect(json).toMatchObject({
      code: 422,
      message:
        'Service "asked-too" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    })
    const padded = await create('asked-otherwise', { ports, clusterIP: '10.96.0.010' })
    expect(padded.json).toMatchObject({ code: 422, message: expect.stringContaining('provided IP is already allocated') })
    const outside = await create('outside', { ports, clusterIP: '10.97.0.1' })
    expect(outside.json).toMatchObject({
      code: 422,
      message: expect.stringContaining('the provided network does not match the current range'),
    })
  })

  it('gives none to headless and external ones', async () => {
    expect((await create('headless', { ports, clusterIP: 'None', selector: { a: 'b' } })).json.spec).toMatchObject({
      clusterIP: 'None',
      clusterIPs: ['None'],
    })
    const external = await create('external', { type: 'ExternalName', externalName: 'example.com' })
    expect(external.json.spec).toEqual({ externalName: 'example.com', sessionAffinity: 'None', type: 'ExternalName' })
  })

  it('never gives one address twice, and says when there are no more', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => create(`many-${index}`, { ports })))
    const given = made.filter(({ code }) => code === 201).map(({ json }) => json.spec.clusterIP)
    expect(new Set(given).size).toBe(given.length)
    expect(given).toHaveLength(13)
    expect(made.find(({ code }) => code !== 201)?.json).toMatchObject({
      code: 500,
      message: expect.stringContaining('range is full'),
    })
    for (let index = 0; index < 20; index++) await server.call('DELETE', `${services}/many-${index}`)
  })

  it('keeps what it gave when an update leaves it out', async () => {
    const { json } = await create('kept', { type: 'NodePort', ports: [{ name: 'http', port: 80 }] })
    const replaced = await server.call<Service>('PUT', `${services}/kept`, {
      body: { metadata: { name: 'kept' }, spec: { type: 'NodePort', ports: [{ name: 'http', port: 81 }] } },
    })
    expect(replaced.json.spec.clusterIP).toBe(json.spec.clusterIP)
    expect(replaced.json.spec.ports?.[0]).toMatchObject({ port: 81, nodePort: json.spec.ports?.[0]?.nodePort })
    await server.call('DELETE', `${services}/kept`)
  })

  it('releases what a change of type leaves over', async () => {
    const { json } = await create('changing', { type: 'NodePort', ports })
    const nodePort = json.spec.ports?.[0]?.nodePort ?? 0
    expect(await portTaken(nodePort)).toBe(true)
    const inner = await server.call<Service>('PATCH', `${services}/changing`, { ...merge, body: { spec: { type: 'ClusterIP' } } })
    expect(inner.json.spec.ports).toEqual([{ port: 80, protocol: 'TCP', targetPort: 80 }])
    expect(await portTaken(nodePort)).toBe(false)
    const external = await server.call<Service>('PATCH', `${services}/changing`, {
      ...merge,
      body: { spec: { type: 'ExternalName', externalName: 'example.com' } },
    })
    expect(external.json.spec.clusterIP).toBeUndefined()
    expect(await addressTaken(json.spec.clusterIP ?? '')).toBe(false)
    const back = await server.call<Service>('PATCH', `${services}/changing`, {
      ...merge,
      body: { spec: { type: 'ClusterIP', externalName: null } },
    })
    expect(back.json.spec.clusterIP).toMatch(/^10\.96/)
    await server.call('DELETE', `${services}/changing`)
  })

  it('shares a node port between TCP and UDP, and gives one for health checks', async () => {
    const { json } = await create('balanced', {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [
        { name: 't', port: 53, protocol: 'TCP' },
        { name: 'u', port: 53, protocol: 'UDP' },
      ],
    })
    const [tcp, udp] = json.spec.ports ?? []
    expect(tcp?.nodePort).toBe(udp?.nodePort)
    expect(json.spec.healthCheckNodePort).not.toBe(tcp?.nodePort)
    expect(await portTaken(json.spec.healthCheckNodePort ?? 0)).toBe(true)
    await server.call('DELETE', `${services}/balanced`)
    expect(await portTaken(json.spec.healthCheckNodePort ?? 0)).toBe(false)
  })

  it.each([
    [30001, 'provided port is already allocated'],
    [80, 'provided port is not in the valid range. The range of valid ports is 30000-30003'],
  ])('refuses node port %i', async (nodePort, detail) => {
    await create('port-holder', { type: 'NodePort', ports: [{ port: 80, nodePort: 30001 }] })
    const { json } = await create('port-wisher', { type: 'NodePort', ports: [{ port: 80, nodePort }] })
    expect(json).toMatchObject({
      code: 422,
      message: `Service "port-wisher" is invalid: spec.ports[0].nodePort: Invalid value: ${nodePort}: ${detail}`,
    })
    await server.call('DELETE', `${services}/port-holder`)
  })

  it('gives back what it took when the service is not stored', async () => {
    await create('first', { ports, clusterIP: '10.96.0.3' })
    const again = await create('first', { ports, clusterIP: '10.96.0.4' })
    expect(again.code).toBe(409)
    expect(await addressTaken('10.96.0.4')).toBe(false)
    expect((await create('dry', { ports, clusterIP: '10.96.0.5' })).code).toBe(201)
  })

  it('shows in a dry run what it would give, and takes nothing', async () => {
    const dry = (name: string, spec: object) =>
      server.call<Service>('POST', `${services}?dryRun=All`, { body: { metadata: { name }, spec } })
    const twoPorts = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ]
    const { json } = await dry('dry-run', { type: 'NodePort', ports: twoPorts })
    expect(json.spec.clusterIP).toMatch(/^10\.96\.0\.\d+$/)
    expect(await addressTaken(json.spec.clusterIP ?? '')).toBe(false)
    const given = json.spec.ports?.map(({ nodePort = 0 }) => nodePort) ?? []
    expect(new Set(given).size).toBe(2)
    for (const port of given) expect(await portTaken(port)).toBe(false)
    expect((await dry('refused', { ports, clusterIP: '10.96.0.3' })).code).toBe(422)
  })

  it('takes over what a dead handler left behind', async () => {
    const record = {
      metadata: { name: '10.96.0.7' },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'never-made' } },
    }
    expect((await server.call('POST', '/apis/networking.k8s.io/v1/ipaddresses', { body: record })).code).toBe(201)
    expect((await create('heir', { ports, clusterIP: '10.96.0.7' })).code).toBe(422)
    nowMs += 61_000
    expect((await create('heir', { ports, clusterIP: '10.96.0.7' })).code).toBe(201)
  })
})
