import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { count, countedResources } from '../../../shared/controllers/resourcequota/count.ts'
import { amountsOf, namesOver, textsOf } from '../../../shared/resources/core/quota/amounts.ts'
import { definitions } from '../../../shared/resources/index.ts'
import { type Pod, type ResourceQuota, resourceQuotas } from '../../../shared/resources/resource.ts'
import { resourceFrom } from '../../../shared/resources/resource-of.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { createStoreCache } from '../../../shared/storage/store-cache.ts'
import { openLogTail } from '../../../shared/storage/tail/open.ts'
import { seededRandom } from '../../contract/random.ts'
import { type Answer, startTestServer, type TestServer } from './environment.ts'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

const start = async (changes = {}): Promise<TestServer> => {
  const server = await startTestServer(changes)
  servers.push(server)
  return server
}

const base = '/api/v1/namespaces/n'
/** In effect, as if the controller had been there. */
const makeQuota = async (server: TestServer, hard: Record<string, string>, more: object = {}, name = 'q'): Promise<void> => {
  await server.call('POST', `${base}/resourcequotas`, { body: { metadata: { name }, spec: { hard, ...more } } })
  const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0']))
  const { code } = await server.call('PATCH', `${base}/resourcequotas/${name}/status`, {
    body: { status: { hard, used } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect(code).toBe(200)
}
const usedOf = async (server: TestServer, name = 'q') =>
  (await server.call<ResourceQuota>('GET', `${base}/resourcequotas/${name}`)).json.status?.used
const makeConfigMap = (server: TestServer, name: string, query = '') =>
  server.call('POST', `${base}/configmaps${query}`, { body: { metadata: { name } } })
const makePod = (server: TestServer, name: string, spec: object = {}, metadata: object = {}): Promise<Answer<Pod>> =>
  server.call<Pod>('POST', `${base}/pods`, {
    body: { metadata: { name, ...metadata }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } },
  })
const cpu = (request: string) => ({ containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: request } } }] })
const codesOf = (answers: readonly { code: number }[]) => {
  const codes: Record<number, number> = {}
  for (const { code } of answers) codes[code] = (codes[code] ?? 0) + 1
  return codes
}
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('resource quota', () => {
  it('admits exactly as many as there may be, out of many at once', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { configmaps: '7' })
    const answers = await Promise.all(range(40).map((index) => makeConfigMap(server, `c${index}`)))
    expect(codesOf(answers)).toEqual({ 201: 7, 403: 33 })
    expect(await usedOf(server)).toEqual({ configmaps: '7' })
    expect(answers.find(({ code }) => code === 403)?.json).toMatchObject({
      message: expect.stringMatching(
        /^configmaps "c\d+" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=7, limited: configmaps=7$/,
      ),
    })
  })

  it('admits exactly as many when several servers work over one store', async () => {
    const path = mkdtempSync(join(tmpdir(), 'windlass-quota-'))
    const stores = [
      await openLmdbStore({ path }),
      ...(await Promise.all([1, 2].map(() => openLmdbStore({ path, role: 'worker' })))),
    ]
    try {
      const tails = await Promise.all(stores.map((store) => openLogTail({ store })))
      const fleet = await Promise.all(stores.map((store, index) => start({ store, logTail: tails[index] })))
      await fleet[0]!.makeNamespace('n')
      await makeQuota(fleet[0]!, { configmaps: '20', 'count/configmaps': '23' })
      const answers = await Promise.all(range(90).map((index) => makeConfigMap(fleet[index % 3]!, `c${index}`)))
      expect(codesOf(answers)).toEqual({ 201: 20, 403: 70 })
      expect(await usedOf(fleet[1]!)).toEqual({ configmaps: '20', 'count/configmaps': '20' })
      const made = answers.flatMap(({ code }, index) => (code === 201 ? [`c${index}`] : []))
      const deletions = made.map((name, index) => fleet[(index + 1) % 3]!.call('DELETE', `${base}/configmaps/${name}`))
      expect(codesOf(await Promise.all(deletions))).toEqual({ 200: 20 })
      expect(await usedOf(fleet[2]!)).toEqual({ configmaps: '0', 'count/configmaps': '0' })
      await Promise.all(tails.map((tail) => tail.close()))
    } finally {
      for (const store of stores.reverse()) await store.close()
      rmSync(path, { recursive: true, force: true })
    }
  })

  it('never admits more than either of two quotas, and gives back what only one had left', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { pods: '5' }, {}, 'many')
    await makeQuota(server, { 'requests.cpu': '300m' }, {}, 'small')
    const answers = await Promise.all(range(12).map((index) => makePod(server, `p${index}`, cpu('100m'))))
    expect(codesOf(answers)).toEqual({ 201: 3, 403: 9 })
    expect(await usedOf(server, 'many')).toEqual({ pods: '3' })
    expect(await usedOf(server, 'small')).toEqual({ 'requests.cpu': '300m' })
  })

  it('gives back what was not stored', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { configmaps: '6' })
    expect((await makeConfigMap(server, 'a')).code).toBe(201)
    expect(codesOf(await Promise.all(range(5).map(() => makeConfigMap(server, 'a'))))).toEqual({ 409: 5 })
    expect(await usedOf(server)).toEqual({ configmaps: '1' })
  })

  it('a dry run takes nothing, and is refused what there is not', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { configmaps: '1' })
    expect((await makeConfigMap(server, 'a', '?dryRun=All')).code).toBe(201)
    expect(await usedOf(server)).toEqual({ configmaps: '0' })
    await makeConfigMap(server, 'a')
    expect((await makeConfigMap(server, 'b', '?dryRun=All')).json).toMatchObject({
      message:
        'configmaps "b" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
    })
    expect((await server.call('DELETE', `${base}/configmaps/a?dryRun=All`)).code).toBe(200)
    expect(await usedOf(server)).toEqual({ configmaps: '1' })
  })

  it('a pod that has ended leaves room, and is still an object', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { pods: '1', 'count/pods': '5', cpu: '1' })
    await makePod(server, 'a', cpu('600m'))
    expect((await makePod(server, 'b', cpu('600m'))).code).toBe(403)
    await server.call('PATCH', `${base}/pods/a/status`, {
      body: { status: { phase: 'Succeeded' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(await usedOf(server)).toEqual({ 'count/pods': '1', cpu: '0', pods: '0' })
    expect((await makePod(server, 'b', cpu('600m'))).code).toBe(201)
    await server.call('DELETE', `${base}/pods/a`, { body: { gracePeriodSeconds: 0 } })
    await server.call('DELETE', `${base}/pods/b`, { body: { gracePeriodSeconds: 0 } })
    expect(await usedOf(server)).toEqual({ 'count/pods': '0', cpu: '0', pods: '0' })
  })

  it('a pod that was ended by force leaves room, whatever holds it', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { pods: '1' })
    await makePod(server, 'a', {}, { finalizers: ['example.com/held'] })
    await server.call('DELETE', `${base}/pods/a`, { body: { gracePeriodSeconds: 0 } })
    expect((await server.call('GET', `${base}/pods/a`)).code).toBe(200)
    expect(await usedOf(server)).toEqual({ pods: '0' })
    expect((await makePod(server, 'b')).code).toBe(201)
  })

  it('lets a claim go of which nobody knows what it uses', async () => {
    const server = await start()
    await server.makeNamespace('n')
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    await server.call('POST', `${base}/persistentvolumeclaims`, { body: { metadata: { name: 'a' }, spec } })
    await makeQuota(server, { persistentvolumeclaims: '1' })
    await server.call('PATCH', `${base}/resourcequotas/q/status`, {
      body: { status: { used: null } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect((await server.call('DELETE', `${base}/persistentvolumeclaims/a`)).code).toBe(200)
    const body = { metadata: { finalizers: null } }
    const headers = { 'content-type': 'application/merge-patch+json' }
    expect((await server.call('PATCH', `${base}/persistentvolumeclaims/a`, { body, headers })).code).toBe(200)
    expect((await server.call('GET', `${base}/persistentvolumeclaims/a`)).code).toBe(404)
  })

  it('a Service that becomes another type is charged for it and gives back what it was', async () => {
    const server = await start()
    await server.makeNamespace('n')
    await makeQuota(server, { 'services.loadbalancers': '1', 'services.nodeports': '2', services: '5' })
    const make = (name: string, type: string) =>
      server.call('POST', `${base}/services`, {
        body: { metadata: { name }, spec: { type, ports: [{ port: 80 }, { name: 'b', port: 81 }] } },
      })
    const named = {
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81 },
      ],
    }
    const body = { metadata: { name: 's' }, spec: { type: 'NodePort', ...named } }
    expect((await server.call('POST', `${base}/services`, { body })).code).toBe(201)
    expect(await usedOf(server)).toEqual({ services: '1', 'services.loadbalancers': '0', 'services.nodeports': '2' })
    expect((await make('t', 'NodePort')).code).not.toBe(201)
    const change = (type: string, query = '') =>
      server.call('PATCH', `${base}/services/s${query}`, {
        body: { spec: { type } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    expect((await change('ClusterIP')).code).toBe(200)
    expect(await usedOf(server)).toEqual({ services: '1', 'services.loadbalancers': '0', 'services.nodeports': '0' })
    expect((await change('LoadBalancer')).code).toBe(200)
    expect(await usedOf(server)).toEqual({ services: '1', 'services.loadbalancers': '1', 'services.nodeports': '2' })
    await server.call('DELETE', `${base}/services/s`)
    expect(await usedOf(server)).toEqual({ services: '0', 'services.loadbalancers': '0', 'services.nodeports': '0' })
  })

  it.each([1, 2, 3])(
    'after any mix of writes by several servers the ledger says what a count finds, seed %i',
    async (seed) => {
      const path = mkdtempSync(join(tmpdir(), 'windlass-quota-'))
      const stores = [await openLmdbStore({ path }), await openLmdbStore({ path, role: 'worker' })]
      const tails = await Promise.all(stores.map((store) => openLogTail({ store })))
      const fleet = await Promise.all(stores.map((store, index) => startTestServer({ store, logTail: tails[index]! })))
      try {
        await fleet[0]!.makeNamespace('n')
        const hard = {
          'count/configmaps': '6',
          pods: '4',
          cpu: '600m',
          services: '4',
          'services.nodeports': '3',
          'requests.storage': '5Gi',
        }
        await makeQuota(fleet[0]!, hard)
        await makeQuota(fleet[0]!, { pods: '3' }, { scopes: ['BestEffort'] }, 'best')
        const random = seededRandom(seed).below
        const write = async () => {
          const server = fleet[random(2)]!
          const merge = { 'content-type': 'application/merge-patch+json' }
          const name = `x${random(8)}`
          const change = (resource: string, body: object) => server.call('PATCH', `${base}/${resource}`, { body, headers: merge })
          const size = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${1 + random(3)}Gi` } } }
          const ports = [
            { name: 'a', port: 1 },
            { name: 'b', port: 2 },
          ].slice(random(2))
          const type = ['ClusterIP', 'NodePort', 'LoadBalancer'][random(3)]
          const writes = [
            () => makeConfigMap(server, name),
            () => server.call('DELETE', `${base}/configmaps/${name}`),
            () => makePod(server, name, random(2) ? cpu(`${50 + random(200)}m`) : {}, random(3) ? {} : { finalizers: ['a.b/c'] }),
            () => server.call('DELETE', `${base}/pods/${name}`, { body: { gracePeriodSeconds: random(2) * 30 } }),
            () => change(`pods/${name}/status`, { status: { phase: ['Succeeded', 'Failed'][random(2)] } }),
            () => change(`pods/${name}`, { metadata: { finalizers: null }, spec: { activeDeadlineSeconds: 5 } }),
            () => server.call('POST', `${base}/services`, { body: { metadata: { name }, spec: { type, ports } } }),
            () => change(`services/${name}`, { spec: { type } }),
            () => server.call('DELETE', `${base}/services/${name}`),
            () => server.call('POST', `${base}/persistentvolumeclaims`, { body: { metadata: { name }, spec: size } }),
            () => server.call('DELETE', `${base}/persistentvolumeclaims/${name}`),
            () => change(`persistentvolumeclaims/${name}`, { metadata: { finalizers: null } }),
          ]
          expect((await writes[random(writes.length)]!()).code).toBeLessThan(500)
        }
        for (let round = 0; round < 25; round++) await Promise.all(Array.from({ length: 16 }, write))
        const cache = await createStoreCache({
          store: stores[0]!,
          tail: tails[0]!,
          resources: [...definitions.map(resourceFrom)],
        })
        for (const name of ['q', 'best']) {
          const quota = cache.get(resourceQuotas, 'n', name)!
          const found = count(quota, { cache, counted: countedResources(definitions.map(resourceFrom)), nowMs: Date.now() })
          expect(quota.status?.used).toEqual(textsOf(found))
          expect(namesOver(found, amountsOf(quota.status?.hard))).toEqual([])
        }
        cache.close()
      } finally {
        for (const server of fleet) await server.stop()
        for (const tail of tails) await tail.close()
        for (const store of stores.reverse()) await store.close()
        rmSync(path, { recursive: true, force: true })
      }
    },
    60_000,
  )
})
