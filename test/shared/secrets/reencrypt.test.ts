import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { encryptingStore } from '../../../shared/secrets/encrypting-store.ts'
import { openKeyFile, rotateKeyFile } from '../../../shared/secrets/key-file.ts'
import { reencrypt } from '../../../shared/secrets/reencrypt.ts'
import { sealedKeyId } from '../../../shared/secrets/sealed-value.ts'
import { openLmdbStore } from '../../../shared/storage/lmdb/open.ts'

const keyOf = (index: number) => ({ resource: 'secrets', namespace: 'default', name: `s${String(index).padStart(3, '0')}` })
const encode = (password: string) => (revision: number) =>
  Buffer.from(JSON.stringify({ kind: 'Secret', metadata: { resourceVersion: String(revision), name: 's' }, data: { password } }))

it('encrypts every value with the newest key after a rotation, and changes nothing else', async () => {
  const path = mkdtempSync(join(tmpdir(), 'windlass-reencrypt-'))
  const file = join(path, 'keys')
  const stored = await openLmdbStore({ path })
  const open = async () => {
    const keys = await openKeyFile(file)
    return { keys, store: encryptingStore({ store: stored, keys, isEncrypted: (resource) => resource === 'secrets' }) }
  }
  const before = await open()
  for (let i = 0; i < 230; i++) await before.store.create(keyOf(i), encode(`p${i}`))
  await rotateKeyFile(file)
  const { keys, store } = await open()
  await store.update(keyOf(7), (await store.get(keyOf(7)))!.revision, encode('new'))

  expect(await reencrypt({ stored, store, keys, resources: ['secrets'] })).toBe(229)
  const { id } = await keys.current()
  const { entries } = await stored.list('secrets')
  expect(new Set(entries.map(({ value }) => sealedKeyId(value)))).toEqual(new Set([id]))
  for (const i of [0, 7, 229]) {
    const entry = (await store.get(keyOf(i)))!
    expect(Buffer.from(entry.value).toString()).toBe(encode(i === 7 ? 'new' : `p${i}`)(entry.revision).toString())
  }
  expect(await reencrypt({ stored, store, keys, resources: ['secrets'] })).toBe(0)
  await stored.close()
  rmSync(path, { recursive: true, force: true })
})
