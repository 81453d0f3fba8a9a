import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { restoreLmdbStore } from '../../../../shared/storage/lmdb/backup.ts'
import { type LmdbStore, openLmdbStore } from '../../../../shared/storage/lmdb/open.ts'
import { RevisionExpired } from '../../../../shared/storage/store.ts'
import type { History, RecordedList } from '../../../contract/histories/history.ts'
import { markOf } from '../../../contract/histories/marked-object.ts'
import { nameOf, scopes } from '../../../contract/histories/scope.ts'
import { seededRandom } from '../../../contract/random.ts'

const now = () => Number(process.hrtime.bigint())

/** Copies a store in use once. The copy is what the store was at one revision; what is restored of it is that too, and knows no position of before. */
export const backUpMeanwhile = async (store: LmdbStore, root: string, seed: number): Promise<History> => {
  await delay(seededRandom(seed).below(400))
  const [backup, restored] = ['backup', 'restored'].map((name) => join(root, name)) as [string, string]
  mkdirSync(backup)
  const start = now()
  await store.backup(backup)
  const end = now()
  await restoreLmdbStore({ from: backup, path: restored })
  const copy = await openLmdbStore({ path: backup })
  const revision = await copy.revision()
  const entries = await entriesOf(copy)
  await copy.close()
  const other = await openLmdbStore({ path: restored })
  const again = await entriesOf(other)
  const found: string[] = []
  if (JSON.stringify(again) !== JSON.stringify(entries)) found.push(`a restored store has (${again}) of (${entries})`)
  const told: unknown = await other.changes(revision).catch((error: unknown) => error)
  if (!(told instanceof RevisionExpired)) found.push(`who was at ${revision} is told ${told} by a restored store`)
  await other.close()
  const lists: RecordedList[] = scopes
    .filter(({ namespace }) => namespace === undefined)
    .map((scope) => ({
      revision,
      entries: entries.filter(([name]) => name.startsWith(`${scope.resource}/`)),
      start,
      end,
      scope,
      through: 'a backup',
    }))
  return { writes: [], reads: [], lists, watches: [], found }
}

const entriesOf = async (store: LmdbStore): Promise<RecordedList['entries'][number][]> => {
  const lists = await Promise.all(['pods', 'configmaps'].map((resource) => store.list(resource)))
  return lists.flatMap(({ entries }) =>
    entries.map(({ key, revision, value }) => [nameOf(key), revision, markOf(value, revision)] as const),
  )
}
