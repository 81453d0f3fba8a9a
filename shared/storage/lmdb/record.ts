import type { ObjectKey } from '../../meta/object.ts'
import type { Change, Entry } from '../store.ts'
import { asBuffer, parseObjectKey } from './keys.ts'

/** How objects and changes stand in the map: a fixed header, then the bytes as they were given. */

const objectHeader = 8

export const objectRecord = (revision: number, value: Uint8Array): Buffer => {
  const record = Buffer.allocUnsafe(objectHeader + value.length)
  record.writeDoubleBE(revision, 0)
  record.set(value, objectHeader)
  return record
}

export const objectRevision = (record: Uint8Array): number => asBuffer(record).readDoubleBE(0)
export const objectValue = (record: Uint8Array): Uint8Array => asBuffer(record).subarray(objectHeader)
/** Of a record read in place, whose length is not that of the memory below. */
export const valueInPlace = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset + objectHeader, length - objectHeader)
export const objectEntry = (key: ObjectKey, record: Uint8Array): Entry => ({
  key,
  revision: objectRevision(record),
  value: objectValue(record),
})

/** One of a list. Lists of thousands are mostly sent on as they are: who asks for no key pays for none. */
export class ListedEntry implements Entry {
  readonly #keyBytes: Uint8Array
  readonly #record: Uint8Array

  constructor(keyBytes: Uint8Array, record: Uint8Array) {
    this.#keyBytes = keyBytes
    this.#record = record
  }

  get key(): ObjectKey {
    return parseObjectKey(this.#keyBytes)
  }

  get revision(): number {
    return objectRevision(this.#record)
  }

  get value(): Uint8Array {
    return objectValue(this.#record)
  }
}

const types = ['created', 'updated', 'deleted'] as const
/** type 1, time 8, previous revision 8, key length 2, value length 4 */
const changeHeader = 23

export interface ChangeHeader {
  readonly atMs: number
  /** 0: there was no object before */
  readonly previousRevision: number
  /** as in the object table */
  readonly keyBytes: Buffer
}

export const changeRecord = (change: {
  type: Change['type']
  atMs: number
  keyBytes: Uint8Array
  value: Uint8Array
  /** the object record before the change */
  previous: Uint8Array | undefined
}): Buffer => {
  const { type, atMs, keyBytes, value, previous } = change
  const previousLength = previous ? previous.length - objectHeader : 0
  const record = Buffer.allocUnsafe(changeHeader + keyBytes.length + value.length + previousLength)
  record.writeUInt8(types.indexOf(type), 0)
  record.writeDoubleBE(atMs, 1)
  record.writeDoubleBE(previous ? objectRevision(previous) : 0, 9)
  record.writeUInt16BE(keyBytes.length, 17)
  record.writeUInt32BE(value.length, 19)
  record.set(keyBytes, changeHeader)
  record.set(value, changeHeader + keyBytes.length)
  if (previous) record.set(objectValue(previous), changeHeader + keyBytes.length + value.length)
  return record
}

export const parseChangeHeader = (bytes: Uint8Array): ChangeHeader => {
  const record = asBuffer(bytes)
  return {
    atMs: record.readDoubleBE(1),
    previousRevision: record.readDoubleBE(9),
    keyBytes: record.subarray(changeHeader, changeHeader + record.readUInt16BE(17)),
  }
}

export const changePrevious = (bytes: Uint8Array): Buffer => {
  const record = asBuffer(bytes)
  return record.subarray(changeHeader + record.readUInt16BE(17) + record.readUInt32BE(19))
}

export const parseChange = (revision: number, bytes: Uint8Array): Change => {
  const record = asBuffer(bytes)
  const keyEnd = changeHeader + record.readUInt16BE(17)
  const valueEnd = keyEnd + record.readUInt32BE(19)
  const type = types[record.readUInt8(0)]
  if (!type) throw new Error(`change ${revision} has the unknown type ${record.readUInt8(0)}`)
  return {
    type,
    key: parseObjectKey(record.subarray(changeHeader, keyEnd)),
    revision,
    value: record.subarray(keyEnd, valueEnd),
    previous: type === 'created' ? undefined : record.subarray(valueEnd),
  }
}
