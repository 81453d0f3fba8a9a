import { checkExpiries } from './check-expiries.ts'
import { checkLists } from './check-lists.ts'
import { checkConditions, checkObjects } from './check-objects.ts'
import { checkValues } from './check-values.ts'
import { checkWatches, textOf } from './check-watches.ts'
import type { Finding } from './finding.ts'
import type { History, RecordedChange, RecordedRead, RecordedWrite } from './history.ts'

/**
 * What in a history contradicts the store's contract, given its whole log: one total order in which every write that was
 * acknowledged stands once and no refused one does, real time respected, each conditional write on the state it expected, each
 * object linearizable as a register with compare-and-set, lists equal to the log at their revision, watches equal to the log, and
 * what stands in an object always what was written at its revision.
 */
export const checkHistory = (history: History, log: readonly RecordedChange[]): Finding[] => {
  const known = knownTimes(history, log)
  return [
    ...(history.found ?? []).map((what) => ({ what })),
    ...checkOrder(log),
    ...checkWrites(history.writes, log),
    ...checkConditions(history.writes, log),
    ...checkRealTime(history.writes),
    ...checkShortLives(history.writes, log),
    ...checkReads(history, log, known),
    ...checkLists(history, log),
    ...checkWatches(history, log),
    ...checkExpiries(history),
    ...checkValues(history, log),
    ...checkObjects(history, log),
  ]
}

const checkOrder = (log: readonly RecordedChange[]): Finding[] =>
  log.flatMap(({ revision, name }, i) => {
    const before = log[i - 1]
    return before && before.revision >= revision ? [{ what: `the log has ${revision} after ${before.revision}`, name }] : []
  })

const checkWrites = (writes: readonly RecordedWrite[], log: readonly RecordedChange[]): Finding[] => {
  const byMark = Map.groupBy(log, ({ mark }) => mark)
  return writes.flatMap((write): Finding[] => {
    const { name, mark, outcome, type, revision } = write
    const found = (byMark.get(mark) ?? []).filter((change) => !(write.expires && change.type === 'deleted' && type !== 'deleted'))
    if (found.length > 1) return [{ what: `${type} ${mark} took effect ${found.length} times`, name }]
    if (outcome === 'refused' && found.length > 0) return [{ what: `${type} ${mark} was refused and took effect`, name }]
    if (outcome !== 'done') return []
    const [change] = found
    if (!change) return [{ what: `${type} ${mark} was acknowledged at ${revision} and is lost`, name }]
    if (change.revision !== revision || change.type !== type || change.name !== name) {
      return [
        { what: `${type} ${mark} was acknowledged at ${revision} and stands as ${change.type} at ${change.revision}`, name },
      ]
    }
    return []
  })
}

/** A write that began after another was acknowledged has the higher revision. */
const checkRealTime = (writes: readonly RecordedWrite[]): Finding[] => {
  const done = writes.filter(({ outcome }) => outcome === 'done')
  const byEnd = done.toSorted((a, b) => a.end - b.end)
  let next = 0
  let highest = 0
  return done
    .toSorted((a, b) => a.start - b.start)
    .flatMap(({ start, revision = 0, mark, name }) => {
      for (let ended = byEnd[next]; ended && ended.end < start; ended = byEnd[++next])
        highest = Math.max(highest, ended.revision ?? 0)
      return revision > highest ? [] : [{ what: `${mark} got ${revision}, after ${highest} was acknowledged`, name }]
    })
}

/** At the end of the log nothing stands any more whose time is over. */
const checkShortLives = (writes: readonly RecordedWrite[], log: readonly RecordedChange[]): Finding[] => {
  const last = new Map(log.map((change) => [change.name, change]))
  const short = new Set(writes.filter(({ expires }) => expires).map(({ mark }) => mark))
  return [...last.values()]
    .filter(({ type, mark }) => type !== 'deleted' && short.has(mark))
    .map(({ name, mark }) => ({ what: `the time of ${mark} was over and it was not removed`, name }))
}

/** From when on each change was certainly in effect: it was acknowledged, or somebody saw it. */
const knownTimes = (history: History, log: readonly RecordedChange[]): Map<number, number> => {
  const known = new Map<number, number>()
  const learn = (revision: number | undefined, at: number) => {
    if (revision !== undefined) known.set(revision, Math.min(at, known.get(revision) ?? Number.POSITIVE_INFINITY))
  }
  for (const { revision, end } of history.writes) learn(revision, end)
  for (const { revision, end } of history.reads) learn(revision, end)
  const lists = history.lists.toSorted((a, b) => a.end - b.end)
  for (const { revision } of log)
    learn(revision, lists.find((list) => list.revision >= revision)?.end ?? Number.POSITIVE_INFINITY)
  return known
}

const checkReads = (history: History, log: readonly RecordedChange[], known: ReadonlyMap<number, number>): Finding[] => {
  const changesOf = Map.groupBy(log, ({ name }) => name)
  const startOf = new Map(history.writes.map(({ mark, start }) => [mark, start]))
  return history.reads.flatMap((read) => {
    const changes = changesOf.get(read.name) ?? []
    // State 0 is before the first change.
    const states = [undefined, ...changes]
    const valid = states.some((state, i) => {
      if (!shows(state, read)) return false
      if (state && (startOf.get(state.mark) ?? 0) > read.end) return false
      return !states.slice(i + 1).some((later) => later && (known.get(later.revision) ?? Number.POSITIVE_INFINITY) < read.start)
    })
    return valid
      ? []
      : [{ what: `a read saw ${read.revision ?? 'nothing'}, which was not the state at any moment of it`, name: read.name }]
  })
}

const shows = (state: RecordedChange | undefined, { revision }: RecordedRead): boolean =>
  state === undefined || state.type === 'deleted' ? revision === undefined : state.revision === revision

/** The findings, and what was done to the first object they are about. */
export const describeFindings = (findings: readonly Finding[], history: History, log: readonly RecordedChange[]): string => {
  const name = findings.find((finding) => finding.name !== undefined)?.name
  const begin = Math.min(...history.writes.map(({ start }) => start), ...history.reads.map(({ start }) => start))
  const ms = (time: number) => ((time - begin) / 1e6).toFixed(3)
  const operations = [
    ...history.writes.map((write) => ({
      ...write,
      line: `${write.type} ${write.mark} expecting ${write.expected ?? 'nothing'}: ${write.outcome} ${write.revision ?? ''}`,
    })),
    ...history.reads.map((read) => ({ ...read, line: `read ${read.revision ?? 'nothing'}` })),
  ]
  return [
    ...findings.slice(0, 10).map(({ what, name: about }) => `${about ?? ''}: ${what}`),
    `log of ${name}: ${log
      .filter((change) => change.name === name)
      .map(textOf)
      .join(', ')}`,
    ...operations
      .filter((operation) => operation.name === name)
      .sort((a, b) => a.start - b.start)
      .map(({ start, end, line }) => `${ms(start)}–${ms(end)} ${line}`),
  ].join('\n')
}
