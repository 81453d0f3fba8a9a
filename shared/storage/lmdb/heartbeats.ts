import { Buffer } from 'node:buffer'
import type { NodeUsage } from '../../resources/metrics/node-usage.ts'
import type { Heartbeats } from '../heartbeats.ts'
import { usageBytes, usageFromBytes } from '../usage-bytes.ts'
import type { Environment } from './environment.ts'
import { asBuffer } from './keys.ts'
import type { WriteQueue } from './write-queue.ts'

/** What is to be written of a node. `gone`: nothing else is left of it. */
interface Noted {
  readonly gone?: true
  readonly atMs?: number
  readonly usage?: NodeUsage
}

/** Heartbeats ride along with a group commit at most a second later, so that thousands of nodes cost one flush a second. */
export const createLmdbHeartbeats = (options: {
  environment: Environment
  queue: WriteQueue
  delayMs?: number
}): Heartbeats & { flush(): Promise<void>; close(): Promise<void> } => {
  const { environment, queue, delayMs = 1000 } = options
  let pending = new Map<string, Noted>()
  let flushing: Map<string, Noted> | undefined
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
          for (const [node, noted] of batch) writeNoted(environment, node, noted)
        },
      })
    } catch {
      // The next heartbeats are as good; writes of objects report what is wrong with the disk.
      const newer = pending
      pending = batch
      for (const [node, noted] of newer) pending.set(node, { ...pending.get(node), ...noted })
    }
    flushing = undefined
    if (pending.size > 0) schedule()
  }
  const schedule = () => {
    if (!closed) timer ??= setTimeout(flush, delayMs).unref()
  }
  const note = (node: string, noted: Noted) => {
    pending.set(node, noted.gone ? noted : { ...pending.get(node), ...noted })
    schedule()
  }
  /** from the oldest to the newest */
  const notYetThere = () => [...(flushing ?? []), ...pending]

  return {
    record: async (beats) => {
      for (const [node, atMs] of beats) note(node, { atMs })
    },
    recordUsage: async (usages) => {
      for (const [node, usage] of usages) note(node, { usage })
    },
    forget: async (nodes) => {
      for (const node of nodes) note(node, { gone: true })
    },
    all: async () => {
      const found = new Map<string, number>()
      for (const { key, value } of environment.heartbeats.getRange())
        found.set(asBuffer(key).toString(), asBuffer(value).readDoubleBE(0))
      for (const [node, { gone, atMs }] of notYetThere()) {
        if (gone) found.delete(node)
        if (atMs !== undefined) found.set(node, atMs)
      }
      return found
    },
    usages: async (nodes) => {
      const found = new Map<string, NodeUsage>()
      const take = (node: string, value: Uint8Array | undefined) => {
        const usage = value && usageFromBytes(value)
        if (usage) found.set(node, usage)
      }
      if (nodes) for (const node of nodes) take(node, environment.usages.get(Buffer.from(node)))
      else for (const { key, value } of environment.usages.getRange()) take(asBuffer(key).toString(), value)
      for (const [node, { gone, usage }] of notYetThere()) {
        if (gone) found.delete(node)
        if (usage && (!nodes || nodes.includes(node))) found.set(node, usage)
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

const writeNoted = ({ heartbeats, usages }: Environment, node: string, { gone, atMs, usage }: Noted) => {
  const key = Buffer.from(node)
  if (gone) {
    heartbeats.removeSync(key)
    usages.removeSync(key)
  }
  if (atMs !== undefined) {
    const value = Buffer.allocUnsafe(8)
    value.writeDoubleBE(atMs)
    heartbeats.putSync(key, value)
  }
  if (usage) usages.putSync(key, usageBytes(usage))
}
