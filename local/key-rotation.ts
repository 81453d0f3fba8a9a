import { stat } from 'node:fs/promises'
import { type Clock, systemClock } from '../shared/platform/clock.ts'
import type { Logger } from '../shared/platform/log.ts'
import { rotateKeyFile } from '../shared/secrets/key-file.ts'
import type { DataKeyProvider } from '../shared/secrets/key-provider.ts'
import { reencrypt } from '../shared/secrets/reencrypt.ts'
import type { Store } from '../shared/storage/store.ts'
import { takeLock } from './machine-lock.ts'

export interface KeyRotationOptions {
  /** as values stand */
  readonly stored: Pick<Store, 'list'>
  /** `encryptingStore` over it */
  readonly store: Pick<Store, 'get' | 'update'>
  readonly keys: DataKeyProvider
  readonly keyFile: string
  readonly resources: Iterable<string>
  readonly log: Logger
  readonly clock?: Clock | undefined
}

/** as on AWS */
const rotateEveryMs = 30 * 24 * 3_600_000
const lookEveryMs = 60_000

/** Adds a key. Two at once would lose one of theirs: throws LockedError. */
export const rotateKey = async (keyFile: string): Promise<void> => {
  const release = takeLock(`${keyFile}.lock`, 'the key file')
  try {
    await rotateKeyFile(keyFile)
  } finally {
    release()
  }
}

/** Makes a new key each month, and encrypts anew in the background what an older one did, whoever made the newest. */
export const startKeyRotation = (options: KeyRotationOptions): { stop(): Promise<void> } => {
  const { keys, keyFile, log, clock = systemClock } = options
  const stopping = new AbortController()
  let done: string | undefined
  const look = async () => {
    if (clock.now() - (await stat(keyFile)).mtimeMs >= rotateEveryMs) {
      await rotateKey(keyFile)
      log.info('made a new data key')
    }
    const { id } = await keys.current()
    if (id === done) return
    const written = await reencrypt(options)
    done = id
    if (written > 0) log.info('encrypted values with the newest key', { written })
  }
  const run = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => log.error('could not look after the data keys', { error }))
      await clock.sleep(lookEveryMs, stopping.signal)
    }
  }
  const running = run()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
