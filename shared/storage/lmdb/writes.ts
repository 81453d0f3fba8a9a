import type { ObjectKey } from '../../meta/object.ts'
import { type Encode, type Entry, KeyExists, RevisionConflict } from '../store.ts'
import type { Table } from './environment.ts'
import { expiryKey, objectKeyBytes, parseExpiryKey, parseObjectKey, revisionKey } from './keys.ts'
import { changeRecord, objectEntry, objectRecord, objectRevision, objectValue } from './record.ts'
import type { Write, WriteGroup } from './write-queue.ts'

/** The last state of an object that expires, at the revision of its deletion. */
export type EncodeDeletion = (last: Entry, revision: number) => Uint8Array

export const createWrite = (options: { key: ObjectKey; encode: Encode; ttlSeconds: number | undefined }): Write<Entry> => {
  const { key, encode, ttlSeconds } = options
  const keyBytes = objectKeyBytes(key)
  return {
    run: (group) => {
      const current = group.environment.objects.get(keyBytes)
      if (current) throw new KeyExists(objectEntry(key, current))
      const value = encode(group.nextRevision())
      return putObject({ group, type: 'created', key, keyBytes, value, previous: undefined, ttlSeconds })
    },
  }
}

export const updateWrite = (options: {
  key: ObjectKey
  expected: number
  encode: Encode
  ttlSeconds: number | undefined
}): Write<Entry> => {
  const { key, expected, encode, ttlSeconds } = options
  const keyBytes = objectKeyBytes(key)
  return {
    run: (group) => {
      const previous = readExpected({ group, key, keyBytes, expected })
      const value = encode(group.nextRevision())
      return putObject({ group, type: 'updated', key, keyBytes, value, previous, ttlSeconds })
    },
  }
}

export const deleteWrite = (options: { key: ObjectKey; expected: number; encode: Encode }): Write<Entry> => {
  const { key, expected, encode } = options
  const keyBytes = objectKeyBytes(key)
  return {
    run: (group) => {
      const previous = readExpected({ group, key, keyBytes, expected })
      return removeObject({ group, key, keyBytes, previous, value: encode(group.nextRevision()) })
    },
  }
}

/** Removes up to `limit` objects whose time has come; resolves with how many entries it worked off. */
export const expireWrite = (options: { limit: number; encodeDeletion: EncodeDeletion }): Write<number> => ({
  run: (group) => {
    const { objects, expiry } = group.environment
    const due = [...expiry.getKeys({ start: Buffer.from([0]), end: revisionKey(group.nowMs + 1), limit: options.limit })]
    for (const entryKey of due) {
      const { objectKey } = parseExpiryKey(entryKey)
      const writtenAt = expiry.getBinaryFast(entryKey)?.readDoubleBE(0)
      const previous = objects.get(objectKey)
      expiry.removeSync(entryKey)
      // A later write gave the object another time to live, or none.
      if (!previous || objectRevision(previous) !== writtenAt) continue
      const key = parseObjectKey(objectKey)
      const value = options.encodeDeletion(objectEntry(key, previous), group.nextRevision())
      removeObject({ group, key, keyBytes: objectKey, previous, value })
    }
    return due.length
  },
})

const readExpected = (options: { group: WriteGroup; key: ObjectKey; keyBytes: Buffer; expected: number }): Uint8Array => {
  const { group, key, keyBytes, expected } = options
  const current = group.environment.objects.get(keyBytes)
  if (!current) throw new RevisionConflict(key, undefined)
  if (objectRevision(current) !== expected) throw new RevisionConflict(key, objectEntry(key, current))
  return current
}

const putObject = (options: {
  group: WriteGroup
  type: 'created' | 'updated'
  key: ObjectKey
  keyBytes: Buffer
  value: Uint8Array
  previous: Uint8Array | undefined
  ttlSeconds: number | undefined
}): Entry => {
  const { group, type, key, keyBytes, value, previous, ttlSeconds } = options
  const { objects, log, expiry } = group.environment
  const revision = group.take()
  const record = objectRecord(revision, value)
  objects.putSync(keyBytes, record)
  appendChange(log, revision, changeRecord({ type, atMs: group.nowMs, keyBytes, value, previous }))
  group.changed({ type, key, revision, value, previous: previous && objectValue(previous) })
  if (ttlSeconds !== undefined) {
    const writtenAt = Buffer.allocUnsafe(8)
    writtenAt.writeDoubleBE(revision)
    expiry.putSync(expiryKey(group.nowMs + ttlSeconds * 1000, keyBytes), writtenAt)
  }
  return { key, revision, value }
}

const removeObject = (options: {
  group: WriteGroup
  key: ObjectKey
  keyBytes: Buffer
  value: Uint8Array
  previous: Uint8Array
}): Entry => {
  const { group, key, keyBytes, value, previous } = options
  const { objects, log } = group.environment
  const revision = group.take()
  objects.removeSync(keyBytes)
  appendChange(log, revision, changeRecord({ type: 'deleted', atMs: group.nowMs, keyBytes, value, previous }))
  group.changed({ type: 'deleted', key, revision, value, previous: objectValue(previous) })
  return { key, revision, value }
}

/** It is the last, and said to be: pages of the log are filled whole then, not halved as ones that something may come between. */
const appendChange = (log: Table, revision: number, record: Uint8Array): void => {
  log.putSync(revisionKey(revision), record, { append: true })
}
