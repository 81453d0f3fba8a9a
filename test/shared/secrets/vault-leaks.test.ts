import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SecretVault } from '../../../shared/secrets/secret-vault.ts'
import { createSecretsManagerVault } from '../../../shared/secrets/secrets-manager/secrets-manager-vault.ts'
import { sweepVault } from '../../../shared/secrets/sweep-vault.ts'
import { vaultStore } from '../../../shared/secrets/vault-store.ts'
import { type LmdbStore, openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { KeyExists, RevisionConflict, type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import { FakeSecretsManager } from '../../fakes/fake-secrets-manager.ts'

const key = { resource: 'secrets', namespace: 'default', name: 'db' }
const prefix = 'test/secrets/'
const day = 24 * 3_600_000
const kept = { 'windlass.dev/secret-store': 'secrets-manager' }
const secret = (value: string, { uid = 'u1', annotations = kept as Record<string, string> } = {}) => {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'default', uid, annotations },
    data: { value },
  }
  return () => Buffer.from(JSON.stringify(object))
}

let directory: string
let below: LmdbStore
let manager: FakeSecretsManager
let left: string[]
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'windlass-leaks-'))
  below = await openLmdbStore({ path: directory })
  manager = new FakeSecretsManager()
  left = []
})
afterEach(async () => {
  await below.close()
  rmSync(directory, { recursive: true, force: true })
})

const vault = (): SecretVault => createSecretsManagerVault({ client: manager.client })
/** a process of its own */
const open = (changes: Partial<Store> = {}, over: Partial<SecretVault> = {}): Store => {
  const store = { ...below, ...changes } as Store
  const onLeft = (name: string) => left.push(name)
  return vaultStore({ store, vault: { ...vault(), ...over }, prefix, bulk: 'resolve', onLeft })
}
const live = () => [...manager.secrets].filter(([, { deleted }]) => !deleted).map(([name]) => name.slice(prefix.length))
const read = async () => {
  const entry = await open().get(key)
  return entry && (JSON.parse(Buffer.from(entry.value).toString()) as { data?: { value: string } }).data?.value
}
const sweep = (ageMs: number) =>
  sweepVault({ vault: vault(), store: below, prefix, clock: { now: () => manager.nowMs + ageMs, sleep: async () => undefined } })
const fails = (error: Error) => async () => Promise.reject(error)
const killed = new Error('the process was ended')

describe('a creation', () => {
  it('puts nothing when there is such a Secret already, however often it is tried', async () => {
    await open().create(key, secret('one'))
    for (const uid of ['u2', 'u3', 'u4']) await expect(open().create(key, secret('two', { uid }))).rejects.toThrow(KeyExists)
    expect([...manager.secrets.keys()]).toEqual([`${prefix}default/db/u1`])
    expect(await read()).toBe('one')
  })

  it('removes what it put when another was faster', async () => {
    await open().create(key, secret('one'))
    await expect(open({ get: async () => undefined }).create(key, secret('two', { uid: 'u2' }))).rejects.toThrow(KeyExists)
    expect(live()).toEqual(['default/db/u1'])
  })

  it('removes what it put when the store refuses it', async () => {
    await expect(open({ create: fails(new RangeError('too large')) }).create(key, secret('one'))).rejects.toThrow('too large')
    expect(live()).toEqual([])
  })

  it('keeps what it put when the store may have it, and that is right', async () => {
    const create: Store['create'] = async (...args) => {
      await below.create(...args)
      throw new StoreUnavailable('no answer')
    }
    await expect(open({ create }).create(key, secret('one'))).rejects.toThrow(StoreUnavailable)
    await sweep(2 * day)
    expect(await read()).toBe('one')
  })

  it('that finds itself when it is repeated below keeps its value', async () => {
    const create: Store['create'] = async (...args) => {
      await below.create(...args)
      return below.create(...args)
    }
    await expect(open({ create }).create(key, secret('one'))).rejects.toThrow(KeyExists)
    expect(await read()).toBe('one')
  })

  it('that was ended before the store had it is swept after a day', async () => {
    await expect(open({ create: fails(new StoreUnavailable('no answer')) }).create(key, secret('one'))).rejects.toThrow()
    expect([await sweep(day - 1), live()]).toEqual([0, ['default/db/u1']])
    expect([await sweep(day), live()]).toEqual([1, []])
  })
})

/** The value before is settled first, which is not what fails here. */
const endedAfterPut: SecretVault['settle'] = async (name, version) => {
  if (manager.calls.includes('PutSecretValue')) throw killed
  await vault().settle(name, version)
}

describe('an update', () => {
  it.each([
    { step: 'puts nothing', over: { put: fails(killed) }, changes: {}, value: 'one' },
    { step: 'is refused', over: {}, changes: { update: fails(new RevisionConflict(key, undefined)) }, value: 'one' },
    { step: 'is ended before it is stored', over: {}, changes: { update: fails(killed) }, value: 'one' },
    { step: 'is stored and not settled', over: { settle: endedAfterPut }, changes: {}, value: 'two' },
  ])('that $step leaves the value that is stored, whatever is tried after it', async ({ over, changes, value }) => {
    const { revision } = await open().create(key, secret('one'))
    await open(changes, over)
      .update(key, revision, secret('two'))
      .catch(() => undefined)
    expect(await read()).toBe(value)
    for (const late of ['three', 'four'])
      await expect(open().update(key, revision - 1, secret(late))).rejects.toThrow(RevisionConflict)
    await sweep(2 * day)
    expect(await read()).toBe(value)
    const { stages, versions } = manager.secrets.get(`${prefix}default/db/u1`)!
    const labelled = [...stages.values()].map((version) => versions.get(version))
    expect(labelled).toContain(JSON.stringify({ value }))
  })

  it('that takes the data back leaves it to the sweep when it can not be removed', async () => {
    const { revision } = await open().create(key, secret('one'))
    await open({}, { remove: fails(killed) }).update(key, revision, secret('one', { annotations: {} }))
    expect([left, await read(), live()]).toEqual([[`${prefix}default/db/u1`], 'one', ['default/db/u1']])
    expect([await sweep(day), live(), await read()]).toEqual([1, [], 'one'])
  })
})

describe('a deletion', () => {
  it('that can not remove the value has happened, and the sweep removes it', async () => {
    const { revision } = await open().create(key, secret('one'))
    await open({}, { remove: fails(killed) }).delete(key, revision, secret('one'))
    expect([await read(), left, live()]).toEqual([undefined, [`${prefix}default/db/u1`], ['default/db/u1']])
    expect([await sweep(day), live()]).toEqual([1, []])
  })

  it('that the store refuses removes nothing', async () => {
    await open().create(key, secret('one'))
    await expect(open().delete(key, 1, secret('one'))).rejects.toThrow(RevisionConflict)
    expect(await read()).toBe('one')
  })
})

it('sweeps what belongs to a Secret that was made anew, page by page, and nothing of others', async () => {
  await open().create(key, secret('one', { uid: 'u9' }))
  for (const uid of ['a', 'b', 'c', 'd', 'e']) await vault().put(`${prefix}default/db/${uid}`, 'v', '{}')
  await vault().put('other/secrets/default/db/a', 'v', '{}')
  await vault().put(`${prefix}by hand`, 'v', '{}')
  expect(await sweep(day)).toBe(5)
  expect([...manager.secrets].filter(([, { deleted }]) => !deleted).map(([name]) => name)).toEqual([
    `${prefix}default/db/u9`,
    'other/secrets/default/db/a',
    `${prefix}by hand`,
  ])
})

describe('what was given up', () => {
  const plain = (value: string) => secret(value, { annotations: {} })
  const revision = async () => (await below.get(key))!.revision

  it('is had back when the Secret is kept there again', async () => {
    await open().create(key, secret('one'))
    await open().update(key, await revision(), plain('two'))
    expect([live(), await read()]).toEqual([[], 'two'])
    await open().update(key, await revision(), secret('three'))
    expect([live(), await read(), manager.values()]).toEqual([['default/db/u1'], 'three', ['{"value":"three"}']])
  })

  it('by a process that was overtaken by one that keeps the Secret there again is had back at once', async () => {
    await open().create(key, secret('one'))
    const remove: SecretVault['remove'] = async (name) => {
      await open().update(key, await revision(), secret('three'))
      await vault().remove(name)
    }
    await open({}, { remove }).update(key, await revision(), plain('two'))
    expect([live(), await read(), manager.values()]).toEqual([['default/db/u1'], 'three', ['{"value":"three"}']])
  })

  it('before the newer one is settled is had back by that', async () => {
    await open().create(key, secret('one'))
    await open().update(key, await revision(), plain('two'))
    const settle: SecretVault['settle'] = async (name, version) => {
      await vault().remove(name)
      await vault().settle(name, version)
    }
    await open({}, { settle }).update(key, await revision(), secret('three'))
    expect([live(), await read()]).toEqual([['default/db/u1'], 'three'])
  })

  it('while something refers to it is had back by who reads it', async () => {
    await open().create(key, secret('one'))
    await vault().remove(`${prefix}default/db/u1`)
    expect([await read(), live()]).toEqual(['one', ['default/db/u1']])
  })

  it('stays so with its Secret', async () => {
    await open().create(key, secret('one'))
    const stale = open({ get: below.get })
    const entry = (await below.get(key))!
    await open().delete(key, entry.revision, secret('one'))
    const listed = open({ list: async () => ({ entries: [entry], revision: entry.revision }) as never })
    const { entries } = await listed.list('secrets', {} as never)
    expect(Buffer.from(entries[0]!.value).toString()).not.toContain('"data"')
    const visited: string[] = []
    await listed.listValues('secrets', undefined, (value) => visited.push(Buffer.from(value).toString()))
    expect(visited).toEqual(entries.map(({ value }) => Buffer.from(value).toString()))
    expect([await stale.get(key), live()]).toEqual([undefined, []])
  })
})

describe('what Secrets Manager does not show yet', () => {
  it('is waited for, and never told as a Secret without data', async () => {
    await open().create(key, secret('one'))
    manager.hideNewVersions(true)
    await open().update(key, (await below.get(key))!.revision, secret('two'))
    const pausesMs = [1, 1]
    const impatient = (): Store => {
      const own = createSecretsManagerVault({ client: manager.client, pausesMs })
      return vaultStore({ store: below, vault: own, prefix, bulk: 'resolve' })
    }
    await expect(impatient().get(key)).rejects.toThrow(StoreUnavailable)
    setImmediate(() => manager.hideNewVersions(false))
    const { changes } = await open().changes(1)
    expect(Buffer.from(changes.at(-1)!.value).toString()).toContain('"two"')
    expect(await read()).toBe('two')
  })
})
