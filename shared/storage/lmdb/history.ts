import { type Environment, readCounter, writeCounter } from './environment.ts'
import { parseRevisionKey, revisionKey } from './keys.ts'
import { parseChangeHeader } from './record.ts'
import type { Write, WriteQueue } from './write-queue.ts'

/** Small batches between the writers' own groups, so that nobody waits for history to be dropped. */
const batch = 200

/** Drops changes up to and including `revision`; positions from `revision` on still answer. */
export const dropHistory = async (queue: WriteQueue, revision: number): Promise<void> => {
  while (await queue.add(dropWrite((_, changeRevision) => changeRevision <= revision)));
  await queue.add({
    run: ({ environment, nextRevision }) => raiseOldest(environment, Math.min(revision, nextRevision() - 1)),
  })
}

/** Drops what was changed before `beforeMs`. */
export const dropHistoryBefore = async (queue: WriteQueue, beforeMs: number): Promise<void> => {
  while (await queue.add(dropWrite((atMs) => atMs < beforeMs)));
}

/** Resolves with whether there may be more to drop. */
const dropWrite = (isOld: (atMs: number, revision: number) => boolean): Write<boolean> => ({
  run: ({ environment }) => {
    const { log } = environment
    const old: Uint8Array[] = []
    for (const { key, value } of log.getRange({ start: revisionKey(0), limit: batch })) {
      if (!isOld(parseChangeHeader(value).atMs, parseRevisionKey(key))) break
      old.push(key)
    }
    for (const key of old) log.removeSync(key)
    const last = old.at(-1)
    if (last) raiseOldest(environment, parseRevisionKey(last))
    return old.length === batch
  },
})

const raiseOldest = (environment: Environment, revision: number): void => {
  if (revision > readCounter(environment, 'oldest')) writeCounter(environment, 'oldest', revision)
}
