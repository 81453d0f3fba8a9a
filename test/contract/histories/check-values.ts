import type { Finding } from './finding.ts'
import type { History, RecordedChange } from './history.ts'

/** What stood in an object at a revision is what was written there, and nothing older or torn. */
export const checkValues = ({ reads, lists }: History, log: readonly RecordedChange[]): Finding[] => {
  const marks = new Map(log.map(({ revision, mark }) => [revision, mark]))
  const seen = [
    ...reads.map(({ name, revision, mark }) => [name, revision, mark] as const),
    ...lists.flatMap(({ entries }) => entries),
  ]
  return seen.flatMap(([name, revision, mark]) => {
    if (revision === undefined || mark === undefined) return []
    const written = marks.get(revision)
    return written === mark ? [] : [{ what: `${mark} stood at ${revision}, where ${written ?? 'nothing'} was written`, name }]
  })
}
