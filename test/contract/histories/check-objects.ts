import type { Finding } from './finding.ts'
import type { History, RecordedChange, RecordedWrite } from './history.ts'
import { findUnexplained, type Operation } from './linearizable.ts'
import { mayHold } from './scope.ts'

/** The revision of the object; 0: there is none. */
type State = number

const stateAfter = (change: RecordedChange): State => (change.type === 'deleted' ? 0 : change.revision)

/** In the log each conditional write follows the very state that it expected, and a creation follows none. */
export const checkConditions = (writes: readonly RecordedWrite[], log: readonly RecordedChange[]): Finding[] => {
  const byMark = new Map(writes.map((write) => [write.mark, write]))
  const states = new Map<string, State>()
  /** by mark, the revision of the write itself */
  const written = new Map<string, number>()
  return log.flatMap((change): Finding[] => {
    const { name, mark } = change
    const before = states.get(name) ?? 0
    states.set(name, stateAfter(change))
    written.set(mark, written.get(mark) ?? change.revision)
    const write = byMark.get(mark)
    if (!write) return []
    if (isExpiry(change, write)) {
      if (before === written.get(mark)) return []
      return [{ what: `the time of ${mark} was over and ${before || 'nothing'} was removed`, name }]
    }
    if ((write.expected ?? 0) === before) return []
    const expected = write.expected ?? 'nothing'
    return [{ what: `${write.type} ${mark} expected ${expected} and took effect on ${before || 'nothing'}`, name }]
  })
}

const isExpiry = (change: RecordedChange, write: RecordedWrite): boolean =>
  write.expires === true && write.type !== 'deleted' && change.type === 'deleted'

/** Each object is a register with compare-and-set: there is an order of all that was done with it and seen of it that explains it all. */
export const checkObjects = (history: History, log: readonly RecordedChange[]): Finding[] => {
  const names = new Set([...history.writes, ...history.reads, ...log].map(({ name }) => name))
  return [...names].flatMap((name): Finding[] => {
    const operations = operationsOn(name, history, log)
    const unexplained = findUnexplained(operations, 0)
    if (unexplained === undefined) return []
    return [{ what: `no order explains that ${operations[unexplained]!.what}`, name }]
  })
}

interface Described extends Operation<State> {
  readonly what: string
}

const operationsOn = (name: string, { writes, reads, lists }: History, log: readonly RecordedChange[]): Described[] => {
  const revisions = new Map(log.toReversed().map(({ mark, revision }) => [mark, revision]))
  const own = writes.filter((write) => write.name === name)
  const byMark = new Map(own.map((write) => [write.mark, write]))
  const operations: Described[] = own.flatMap((write) => writeOperation(write, revisions.get(write.mark)))
  // What nobody says to have written: time to live, a process that was killed.
  for (const change of log) {
    if (change.name !== name) continue
    const write = byMark.get(change.mark)
    if (write && !isExpiry(change, write)) continue
    const after = stateAfter(change)
    const before = write && revisions.get(write.mark)
    const apply = (state: State) => (before === undefined || state === before ? after : undefined)
    operations.push({ start: write?.start ?? 0, end: Number.POSITIVE_INFINITY, apply, what: `${change.type} ${change.mark}` })
  }
  const sees = (state: State, start: number, end: number, who: string) =>
    operations.push({ start, end, apply: (at) => (at === state ? at : undefined), what: `${who} saw ${state || 'nothing'}` })
  for (const read of reads) if (read.name === name) sees(read.revision ?? 0, read.start, read.end, 'a read')
  for (const { entries, start, end, past, scope = { resource: 'pods' } } of lists)
    if (!past && scope.side === undefined && mayHold(scope, name))
      sees(entries.find(([each]) => each === name)?.[1] ?? 0, start, end, 'a list')
  return operations.sort((a, b) => a.start - b.start)
}

const writeOperation = (write: RecordedWrite, revision: number | undefined): Described[] => {
  const { type, mark, outcome, expected = 0, start } = write
  if (outcome === 'refused') {
    const what = `${type} ${mark}, which expected ${expected || 'nothing'}, was refused`
    return [{ start, end: write.end, apply: (state) => (state === expected ? undefined : state), what }]
  }
  // An unknown one that is not in the log has not taken effect; that an acknowledged one must be there is another check's.
  if (revision === undefined) return []
  const after = type === 'deleted' ? 0 : revision
  return [
    {
      start,
      end: outcome === 'unknown' ? Number.POSITIVE_INFINITY : write.end,
      apply: (state) => (state === expected ? after : undefined),
      what: `${type} ${mark}, which expected ${expected || 'nothing'}, was done at ${revision}`,
    },
  ]
}
