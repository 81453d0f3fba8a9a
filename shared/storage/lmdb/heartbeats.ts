import type { Heartbeats } from '../heartbeats.ts'
import type { Environment } from './environment.ts'
import { asBuffer } from './keys.ts'
import type { WriteQueue } from './write-queue.ts'

/** Heartbeats ride along with a group commit at most a second later, so that thousands of nodes cost one flush a second. */
export const createLmdbHeartbeats = (options: {
  environment: Environment
  queue: WriteQueue
  delayMs?: number
}): Heartbeats & { flush(): Promise<void>; close(): Promise<void> } => {
  const { environment, queue, delayMs = 1000 } = options
  const table = environment.heartbeats
  let pending = new Map<string, number | undefined>()
  let flushing: Map<string, number | undefined> | undefined
  let underWay: Promise<void> | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  /** What is recorded while a flush is under way is for the next. */
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    underWay ??= write().finally(() => {
      underWay = undefined
    })
    return underWay
  }
  const write = async () => {
    if (pending.size === 0) return
    const batch = pending
    flushing = batch
    pending = new Map()
    try {
      await queue.add({
        run: () => {
          for (const [node, atMs] of batch) writeHeartbeat(table, node, atMs)
        },
      })
    } catch {
      // The next heartbeats are as good; writes of objects report what is wrong with the disk.
      pending = new Map([...batch, ...pending])
    }
    flushing = undefined
    if (pending.size > 0) schedule()
  }
  const schedule = () => {
    if (!closed) timer ??= setTimeout(flush, delayMs).unref()
  }
  const set = (node: string, atMs: number | undefined) => {
    pending.set(node, atMs)
    schedule()
  }

  return {
    record: async (beats) => {
      for (const [node, atMs] of beats) set(node, atMs)
    },
    forget: async (nodes) => {
      for (const node of nodes) set(node, undefined)
    },
    all: async () => {
      const found = new Map<string, number>()
      for (const { key, value } of table.getRange()) found.set(asBuffer(key).toString(), asBuffer(value).readDoubleBE(0))
      for (const [node, atMs] of [...(flushing ?? []), ...pending]) {
        if (atMs === undefined) found.delete(node)
        else found.set(node, atMs)
      }
      return found
    },
    flush,
    close: async () => {
      closed = true
      await underWay
      await flush()
    },
  }
}

const writeHeartbeat = (table: Environment['heartbeats'], node: string, atMs: number | undefined) => {
  const key = Buffer.from(node)
  if (atMs === undefined) {
    table.removeSync(key)
    return
  }
  const value = Buffer.allocUnsafe(8)
  value.writeDoubleBE(atMs)
  table.putSync(key, value)
}
