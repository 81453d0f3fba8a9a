import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { rotateKey, startKeyRotation } from '../../local/key-rotation.ts'
import { LockedError } from '../../local/machine-lock.ts'
import { systemClock } from '../../shared/platform/clock.ts'
import { createLogger } from '../../shared/platform/log.ts'
import { processMark } from '../../shared/platform/process-mark.ts'
import { encryptingStore } from '../../shared/secrets/encrypting-store.ts'
import { openKeyFile } from '../../shared/secrets/key-file.ts'
import { sealedKeyId } from '../../shared/secrets/sealed-value.ts'
import { type LmdbStore, openLmdbStore } from '../../shared/storage/lmdb/open.ts'

let path: string
let stored: LmdbStore
const file = () => join(path, 'secrets.key')
const key = { resource: 'secrets', namespace: 'default', name: 'db' }
const value = (revision: number) =>
  Buffer.from(JSON.stringify({ metadata: { resourceVersion: String(revision) }, data: { a: 'b' } }))

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'windlass-rotation-'))
  stored = await openLmdbStore({ path: join(path, 'store') })
})
afterEach(async () => {
  await stored.close()
  rmSync(path, { recursive: true, force: true })
})

/** A running server, whose next look comes when the test says so. */
const start = async (aheadMs = 0) => {
  const keys = await openKeyFile(file())
  const store = encryptingStore({ store: stored, keys, isEncrypted: () => true })
  let wake = () => undefined as unknown
  let asleep = Promise.withResolvers<void>()
  const clock = {
    now: () => systemClock.now() + aheadMs,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        wake = resolve as () => undefined
        signal?.addEventListener('abort', () => resolve())
        asleep.resolve()
      }),
  }
  const log = createLogger({ write: () => undefined })
  const open = () => startKeyRotation({ stored, store, keys, keyFile: file(), resources: ['secrets'], log, clock })
  const look = async () => {
    asleep = Promise.withResolvers<void>()
    wake()
    await asleep.promise
  }
  return { keys, store, open, look, firstLook: () => asleep.promise }
}
const sealedWith = async () => sealedKeyId((await stored.get(key))!.value)

it('encrypts anew what a key of another process follows on, while it runs', async () => {
  const server = await start()
  await server.store.create(key, value)
  const rotation = server.open()
  await server.firstLook()
  const before = await sealedWith()
  await rotateKey(file())
  await server.look()
  expect(await sealedWith()).not.toBe(before)
  expect(await sealedWith()).toBe((await server.keys.current()).id)
  expect(JSON.parse(Buffer.from((await server.store.get(key))!.value).toString()).data).toEqual({ a: 'b' })
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  await rotation.stop()
})

it('makes a new key by itself when the newest is a month old, and not before', async () => {
  for (const [days, changes] of [
    [29, false],
    [31, true],
  ] as const) {
    const server = await start(days * 24 * 3_600_000)
    const before = (await server.keys.current()).id
    const rotation = server.open()
    await server.firstLook()
    expect((await server.keys.current()).id !== before).toBe(changes)
    await rotation.stop()
  }
})

it('lets a process that did not know the newest key read what another wrote with it', async () => {
  const one = await start()
  const other = await start()
  await rotateKey(file())
  await one.store.create(key, value)
  expect(await other.store.get(key)).toBeDefined()
})

it('lets nobody add a key while somebody else does, and takes over from one that died', async () => {
  await openKeyFile(file())
  writeFileSync(`${file()}.lock`, processMark(process.ppid))
  await expect(rotateKey(file())).rejects.toThrow(LockedError)
  writeFileSync(`${file()}.lock`, '999999999 gone')
  await rotateKey(file())
})
