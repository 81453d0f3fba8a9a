import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createKeptFrontProxy } from '../../../shared/identity/kept-front-proxy.ts'
import { identityResource } from '../../../shared/identity/kept-identity.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import type { Store } from '../../../shared/storage/store.ts'

let path: string
let store: Store
beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'windlass-front-proxy-'))
  store = await openLmdbStore({ path })
})
afterEach(async () => {
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

const movableClock = () => {
  let aheadMs = 0
  return {
    now: () => Date.now() + aheadMs,
    sleep: async () => undefined,
    advance: (ms: number) => {
      aheadMs += ms
    },
  }
}
const kept = () => store.get({ resource: identityResource, namespace: '', name: 'front-proxy' })

it('makes nothing before somebody asks', async () => {
  const frontProxy = createKeptFrontProxy({ store, clock: movableClock() })
  expect(await kept()).toBeUndefined()
  await frontProxy.authority()
  expect(await kept()).toBeDefined()
})

it('has a certificate for an hour by an authority that signs nobody else, and keeps it as long as it is good for a request', async () => {
  const clock = movableClock()
  const frontProxy = createKeptFrontProxy({ store, clock })
  const [identity, same] = await Promise.all([frontProxy.identity(), frontProxy.identity()])
  expect(same).toBe(identity)
  const certificate = new X509Certificate(identity.certificate)
  const authority = new X509Certificate(await frontProxy.authority())
  expect(certificate.subject).toBe('CN=front-proxy-client')
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  expect(certificate.verify(authority.publicKey) && authority.ca).toBe(true)
  const lastsMinutes = (certificate.validToDate.getTime() - Date.now()) / 60_000
  expect(lastsMinutes).toBeGreaterThan(58)
  expect(lastsMinutes).toBeLessThanOrEqual(60)
  clock.advance(44 * 60_000)
  expect(await frontProxy.identity()).toBe(identity)
  clock.advance(2 * 60_000)
  const next = await frontProxy.identity()
  expect(next.certificate).not.toBe(identity.certificate)
  expect(new X509Certificate(next.certificate).verify(authority.publicKey)).toBe(true)
})

it('has one authority for all processes, whichever asks first and at once', async () => {
  const processes = Array.from({ length: 4 }, () => createKeptFrontProxy({ store, clock: movableClock() }))
  const authorities = await Promise.all(processes.map((frontProxy) => frontProxy.authority()))
  expect(new Set(authorities).size).toBe(1)
  const identities = await Promise.all(processes.map((frontProxy) => frontProxy.identity()))
  expect(new Set(identities.map(({ key }) => key)).size).toBe(4)
})

it('asks again when the store could not answer', async () => {
  let fails = true
  const failing: Pick<Store, 'get' | 'create'> = {
    get: async (key) => {
      if (fails) throw new Error('throttled')
      return store.get(key)
    },
    create: (key, value) => store.create(key, value),
  }
  const frontProxy = createKeptFrontProxy({ store: failing, clock: movableClock() })
  await expect(frontProxy.identity()).rejects.toThrow('throttled')
  await expect(frontProxy.authority()).rejects.toThrow('throttled')
  fails = false
  expect((await frontProxy.identity()).certificate).toContain('BEGIN CERTIFICATE')
})
