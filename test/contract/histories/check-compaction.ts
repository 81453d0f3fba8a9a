import { RevisionExpired, type Store } from '../../../shared/storage/store.ts'
import { readAll } from '../store/changes.ts'
import type { Finding } from './finding.ts'
import type { History, RecordedChange } from './history.ts'
import { recordedChange } from './marked-object.ts'

/** Drops the older half of a log that nobody writes to any more: the younger half answers as before, the older is refused, and every object stays. */
export const checkCompaction = async (
  store: Store,
  { drops = [] }: Pick<History, 'drops'>,
  whole: readonly RecordedChange[],
): Promise<Finding[]> => {
  const dropped = drops.at(-1)?.upTo ?? 0
  const log = whole.filter(({ revision }) => revision > dropped)
  const middle = log[Math.floor(log.length / 2)]
  if (!middle) return []
  const before = await store.list('pods')
  await store.compact(middle.revision)
  const wanted = log.filter(({ revision }) => revision > middle.revision).map(({ revision, mark }) => `${mark}@${revision}`)
  const kept = (await readAll(store, middle.revision)).map(recordedChange).map(({ revision, mark }) => `${mark}@${revision}`)
  const after = await store.list('pods')
  const told = await store.changes(middle.revision - 1).then(
    () => 'nothing',
    (error: unknown) => error,
  )
  const same = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b)
  const revisions = ({ entries }: typeof before) => entries.map(({ key, revision }) => [key.name, revision])
  return [
    ...(same(wanted, kept) ? [] : [{ what: `compaction to ${middle.revision} left (${kept}) of (${wanted})` }]),
    ...(same(revisions(before), revisions(after)) ? [] : [{ what: `compaction to ${middle.revision} changed objects` }]),
    ...(told instanceof RevisionExpired ? [] : [{ what: `a read behind a compaction was told ${String(told)}` }]),
  ]
}
