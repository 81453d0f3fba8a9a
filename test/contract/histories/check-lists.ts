import type { Finding } from './finding.ts'
import type { History, RecordedChange } from './history.ts'
import { mayHold, type Scope, sideOf } from './scope.ts'

/** Each list holds what the log says for its revision, in order, and its revision is not behind what was acknowledged before it was asked. */
export const checkLists = ({ lists, writes }: History, log: readonly RecordedChange[]): Finding[] =>
  lists.flatMap((list): Finding[] => {
    const { revision, entries, scope = { resource: 'pods' }, through = 'a list', past, start } = list
    const newest = past ? 0 : newestBefore(writes, start)
    if (revision < newest) return [{ what: `${through} is at ${revision}, after ${newest} was acknowledged` }]
    const found = entries.map(([name, at]) => `${name}@${at}`)
    const wanted = stateAt(log, revision, scope)
    if (found.join() === wanted.join()) return []
    const what = `${through} of ${JSON.stringify(scope)} at ${revision} has (${found}), the log (${wanted})`
    return [{ what, name: wanted.find((each) => !found.includes(each))?.replace(/@.*/, '') }]
  })

const newestBefore = (writes: History['writes'], start: number): number => {
  const acknowledged = writes.filter(({ outcome, end }) => outcome === 'done' && end < start)
  return Math.max(0, ...acknowledged.map(({ revision = 0 }) => revision))
}

const stateAt = (log: readonly RecordedChange[], at: number, scope: Scope): string[] => {
  const state = new Map<string, RecordedChange>()
  for (const change of log) {
    if (change.revision > at) break
    if (change.type === 'deleted') state.delete(change.name)
    else if (mayHold(scope, change.name)) state.set(change.name, change)
  }
  return [...state.values()]
    .filter(({ mark }) => scope.side === undefined || sideOf(mark) === scope.side)
    .map(({ name, revision }) => `${name}@${revision}`)
    .sort()
}
