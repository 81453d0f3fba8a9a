import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encryptingStore } from '../../../shared/secrets/encrypting-store.ts'
import { openKeyFile, rotateKeyFile } from '../../../shared/secrets/key-file.ts'
import { reencrypt } from '../../../shared/secrets/reencrypt.ts'
import { createSecretsManagerVault } from '../../../shared/secrets/secrets-manager/secrets-manager-vault.ts'
import { vaultStore } from '../../../shared/secrets/vault-store.ts'
import { type LmdbStore, openLmdbStore } from '../../../shared/storage/lmdb/open.ts'
import { RevisionConflict, type Store } from '../../../shared/storage/store.ts'
import { FakeSecretsManager } from '../../fakes/fake-secrets-manager.ts'
import { type Answer, type Functions, startFunctions } from '../../functions/environment.ts'

const path = '/api/v1/namespaces/default/secrets'
const annotations = { 'windlass.dev/secret-store': 'secrets-manager' }
const encoded = (text: string) => Buffer.from(text).toString('base64')
const aSecret = (value: string, metadata: Record<string, unknown> = { annotations }) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', ...metadata },
  data: { password: encoded(value) },
})

describe('a Secret that is kept in Secrets Manager', () => {
  let directory: string
  let stored: LmdbStore
  let clear: Store
  let manager: FakeSecretsManager
  let run: Functions
  const keyFile = () => join(directory, 'keys.json')

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'windlass-vault-'))
    stored = await openLmdbStore({ path: join(directory, 'store') })
    clear = encryptingStore({ store: stored, keys: await openKeyFile(keyFile()), isEncrypted: (name) => name === 'secrets' })
    manager = new FakeSecretsManager()
    const vault = createSecretsManagerVault({ client: manager.client })
    const store = vaultStore({ store: clear, vault, prefix: 'test/secrets/', bulk: 'resolve' })
    run = await startFunctions({ openStore: async () => ({ store, heartbeats: stored.heartbeats }) })
    await run.resync('start')
    await run.settle()
  })
  afterEach(async () => {
    await run.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const below = async () =>
    Buffer.from((await clear.get({ resource: 'secrets', namespace: 'default', name: 'db' }))!.value).toString()
  const dataOf = ({ body }: Answer) => (body as { data?: Record<string, string> }).data
  const get = () => run.call('GET', `${path}/db`)
  /** what another process reads, which remembers nothing */
  const readAnew = async () => {
    const vault = createSecretsManagerVault({ client: manager.client })
    const entry = await vaultStore({ store: clear, vault, prefix: 'test/secrets/', bulk: 'resolve' }).get({
      resource: 'secrets',
      namespace: 'default',
      name: 'db',
    })
    return Buffer.from(entry!.value).toString()
  }

  it('is answered whole, and only its version stands in the store', async () => {
    const made = await run.call('POST', path, aSecret('swordfish'))
    expect(made.status).toBe(201)
    const got = await get()
    expect(got.body).toEqual(made.body)
    expect(dataOf(got)).toEqual({ password: encoded('swordfish') })
    expect((got.body.metadata as { annotations: object }).annotations).toEqual(annotations)
    expect(await below()).not.toContain(encoded('swordfish'))
    expect(manager.values()).toEqual([JSON.stringify({ password: encoded('swordfish') })])
    expect([...manager.secrets.keys()][0]).toMatch(/^test\/secrets\/default\/db\/[0-9a-f-]{36}$/)
    expect(JSON.parse(await readAnew())).toEqual(got.body)
    const list = (await run.call('GET', path)).body.items as { data?: object }[]
    expect(list.map(({ data }) => data)).toContainEqual({ password: encoded('swordfish') })
  })

  it('makes a version for each new value, and none for anything else', async () => {
    await run.call('POST', path, aSecret('one'))
    await run.call('PUT', `${path}/db`, aSecret('two'))
    expect(dataOf(await get())).toEqual({ password: encoded('two') })
    expect(manager.values()).toEqual([JSON.stringify({ password: encoded('two') })])
    const puts = manager.calls.filter((call) => call === 'PutSecretValue').length
    await run.call('PUT', `${path}/db`, aSecret('two', { annotations, labels: { a: 'b' } }))
    expect(manager.calls.filter((call) => call === 'PutSecretValue')).toHaveLength(puts)
    expect(JSON.parse(await readAnew())).toMatchObject({ metadata: { labels: { a: 'b' } }, data: { password: encoded('two') } })
  })

  it('keeps the value that is stored when another could not be', async () => {
    await run.call('POST', path, aSecret('one'))
    const current = JSON.parse(await readAnew()) as { metadata: { uid: string } }
    const key = { resource: 'secrets', namespace: 'default', name: 'db' }
    for (const value of ['two', 'three', 'four']) {
      const { uid } = current.metadata
      const late = () => Buffer.from(JSON.stringify(aSecret(value, { uid, annotations })))
      await expect(run.cluster.store.update(key, 1, late)).rejects.toThrow(RevisionConflict)
    }
    expect(manager.calls).toContain('PutSecretValue')
    expect(JSON.parse(await readAnew())).toMatchObject({ data: { password: encoded('one') } })
    expect(manager.values()).toEqual([JSON.stringify({ password: encoded('one') })])
  })

  it('goes with its Secret, and can be had back for some days', async () => {
    await run.call('POST', path, aSecret('one'))
    await run.call('DELETE', `${path}/db`)
    expect((await get()).status).toBe(404)
    expect([...manager.secrets.values()].map(({ deleted }) => deleted)).toEqual([true])
    await run.call('POST', path, aSecret('again'))
    expect(dataOf(await get())).toEqual({ password: encoded('again') })
  })

  it('moves into the table when the annotation is taken off, and back', async () => {
    await run.call('POST', path, aSecret('one', {}))
    expect(manager.calls).toEqual([])
    await run.call('PUT', `${path}/db`, aSecret('one'))
    expect(await below()).not.toContain(encoded('one'))
    await run.call('PUT', `${path}/db`, aSecret('one', {}))
    expect(await below()).toContain(encoded('one'))
    expect(manager.values()).toEqual([])
    expect(dataOf(await get())).toEqual({ password: encoded('one') })
  })

  it("can't be told which version to read by its annotations", async () => {
    await run.call('POST', path, aSecret('mine'))
    const version = JSON.parse(await below()).metadata.annotations['windlass.dev/secret-version']
    const thief = aSecret('x', { name: 'thief', annotations: { 'windlass.dev/secret-version': version } })
    await run.call('POST', path, thief)
    expect(dataOf(await run.call('GET', `${path}/thief`))).toEqual({ password: encoded('x') })
  })

  it.each([
    ['ThrottlingException', '5'],
    ['LimitExceededException', '600'],
  ])('answers 429 at %s, and nothing is stored', async (refusal, seconds) => {
    manager.refusals.set('CreateSecret', refusal)
    const answer = await run.call('POST', path, aSecret('one'))
    expect(answer.status).toBe(429)
    expect(answer.body.details).toMatchObject({ retryAfterSeconds: Number(seconds) })
    expect((await get()).status).toBe(404)
  })

  it('answers 413 when it is larger than Secrets Manager takes', async () => {
    const answer = await run.call('POST', path, aSecret('x'.repeat(50_000)))
    expect(answer.status).toBe(413)
    expect(answer.body.message).toContain('Secrets Manager takes 65536 bytes')
    expect(manager.calls).toEqual([])
  })

  it('is left alone by a new data key', async () => {
    await run.call('POST', path, aSecret('one'))
    await rotateKeyFile(keyFile())
    const keys = await openKeyFile(keyFile())
    const fresh = encryptingStore({ store: stored, keys, isEncrypted: (name) => name === 'secrets' })
    const calls = manager.calls.length
    expect(await reencrypt({ stored, store: fresh, keys, resources: ['secrets'] })).toBe(1)
    expect(manager.calls).toHaveLength(calls)
  })

  it('is told of in watches with its data, and without it when it is gone', async () => {
    const before = await stored.revision()
    await run.call('POST', path, aSecret('one'))
    await run.call('DELETE', `${path}/db`)
    const vault = createSecretsManagerVault({ client: manager.client })
    const { changes } = await vaultStore({ store: clear, vault, prefix: 'test/secrets/', bulk: 'resolve' }).changes(before)
    const told = changes
      .filter(({ key }) => key.name === 'db')
      .map(({ type, value }) => [type, JSON.parse(Buffer.from(value).toString()).data])
    expect(told).toEqual([
      ['created', undefined],
      ['deleted', undefined],
    ])
  })
})
