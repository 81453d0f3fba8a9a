import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { StoreUnavailable } from '../store.ts'
import { dataFile } from './data-file.ts'
import { slabEncoder } from './slab.ts'

export type Table = Database<Uint8Array, Uint8Array>

/** The tables of one map. `meta` holds `revision`, `oldest` and `format`. */
export interface Environment {
  readonly root: RootDatabase<Uint8Array, Uint8Array>
  readonly objects: Table
  readonly log: Table
  readonly meta: Table
  readonly expiry: Table
  readonly heartbeats: Table
  readonly usages: Table
}

/**
 * Address space, not memory or disk. As small as lmdb-js makes it by default it grows by mapping anew, and where the writing thread and a
 * reader do so at once, closing unmaps memory of others: the process dies.
 */
const defaultMapSize = 64 * 2 ** 30

/**
 * Of a new map; one that is there keeps its own. A change's record has both states of an object, some 2 kB: two in a page of
 * twice the usual size leave less of it empty, and fewer go to pages of their own.
 */
const pageSize = 8192

/**
 * Commits are flushed before they are visible (no `overlappingSync`): a reader, in this process or another, never sees a
 * change that a power failure could take back.
 */
export const openEnvironment = (options: { path: string; mapSize?: number | undefined }): Environment => {
  const { path, mapSize = defaultMapSize } = options
  try {
    const root = open<Uint8Array, Uint8Array>({
      path: join(path, dataFile),
      noSubdir: true,
      encoding: 'binary',
      keyEncoding: 'binary',
      overlappingSync: false,
      eventTurnBatching: false,
      maxDbs: 8,
      mapSize,
      pageSize,
    })
    const table = (name: string): Table => {
      const options = { name, encoding: 'binary', keyEncoding: 'binary', encoder: slabEncoder } as const
      return root.openDB(options)
    }
    return {
      root,
      objects: table('objects'),
      log: table('log'),
      meta: table('meta'),
      expiry: table('expiry'),
      heartbeats: table('heartbeats'),
      usages: table('usages'),
    }
  } catch (cause) {
    throw new StoreUnavailable(`can't open the store in "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}

const counterKeys = {
  revision: Buffer.from('revision'),
  oldest: Buffer.from('oldest'),
  format: Buffer.from('format'),
} as const

/** An empty store is at revision 1: clients take resourceVersion 0 for "any". The first format stood nowhere in the map. */
export const readCounter = (environment: Environment, name: keyof typeof counterKeys): number => {
  const bytes = environment.meta.getBinaryFast(counterKeys[name])
  return bytes ? bytes.readDoubleBE(0) : 1
}

export const writeCounter = (environment: Environment, name: keyof typeof counterKeys, value: number): void => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeDoubleBE(value)
  environment.meta.putSync(counterKeys[name], bytes)
}
