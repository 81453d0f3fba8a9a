import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StoreUnavailable } from '../store.ts'

export const dataFile = 'windlass.mdb'

/** Offsets in a meta page of the LMDB that lmdb-js carries; two such pages begin the file, the one of the later transaction counts. */
const magicAt = 24
const pageSizeAt = 0x30
const lastPageAt = 0x90
const transactionAt = 0x98
const metaLength = 0xa0
const magic = 0xbeefc0de
/** Pages that a transaction took and gave back are counted but may never have been written. */
const unwrittenPages = 64

/** Refuses a file that is no map or ends before its last page: LMDB would map it and crash the process at a later read. */
export const checkDataFile = (path: string): void => {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0) return
    const first = readMeta(file, 0)
    if (!first) throw damaged(path, 'it does not start as one')
    const second = readMeta(file, first.pageSize)
    const newest = second && second.transaction > first.transaction ? second : first
    const needed = (newest.lastPage + 1 - unwrittenPages) * newest.pageSize
    if (size < needed) throw damaged(path, `it ends after ${size} bytes`)
  } finally {
    closeSync(file)
  }
}

const readMeta = (file: number, offset: number) => {
  const bytes = Buffer.alloc(metaLength)
  if (readSync(file, bytes, 0, metaLength, offset) < metaLength || bytes.readUInt32LE(magicAt) !== magic) return undefined
  return {
    pageSize: bytes.readUInt32LE(pageSizeAt),
    lastPage: Number(bytes.readBigUInt64LE(lastPageAt)),
    transaction: Number(bytes.readBigUInt64LE(transactionAt)),
  }
}

const damaged = (path: string, how: string) => new StoreUnavailable(`"${path}" is damaged, ${how}: restore a backup`)
