import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../../../shared/storage/store.ts'
import type { Random } from '../random.ts'
import { readAll } from '../store/changes.ts'
import type { Archive, RecordedChange, RecordedDrop } from './history.ts'
import { recordedChange } from './marked-object.ts'
import { patiently } from './patiently.ts'

/** Puts the log away as it goes, and drops some of what was put away: at times nearly all, so that who sleeps finds history gone. */
export const compactWhile = async (options: {
  store: Store
  random: Random
  stop: AbortSignal
  beginning: number
}): Promise<{ archive: Archive; drops: RecordedDrop[] }> => {
  const { store, random, stop } = options
  const changes: RecordedChange[] = []
  const drops: RecordedDrop[] = []
  let position = options.beginning
  while (!stop.aborted) {
    await delay(10 + random.below(40))
    const read = await patiently(() => store.changes(position))
    changes.push(...read.changes.map(recordedChange))
    position = read.position
    const upTo = Math.max(options.beginning, position - random.below(random.pick([1, 10, 40])))
    if (upTo <= (drops.at(-1)?.upTo ?? options.beginning)) continue
    drops.push({ upTo, start: Number(process.hrtime.bigint()) })
    await patiently(() => store.compact(upTo))
  }
  return { archive: { changes, position }, drops }
}

/** The whole log: what was put away, and what stands. */
export const recordLog = async (store: Store, archive: Archive): Promise<RecordedChange[]> => [
  ...archive.changes,
  ...(await readAll(store, archive.position)).map(recordedChange),
]
