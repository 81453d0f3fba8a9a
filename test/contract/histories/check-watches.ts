import type { Finding } from './finding.ts'
import type { History, RecordedChange } from './history.ts'
import { mayHold, type Scope, type Side, sideOf } from './scope.ts'

/** Each watcher saw every change that it wanted once, in the order of the log, and no other. */
export const checkWatches = ({ watches }: History, log: readonly RecordedChange[]): Finding[] =>
  watches.flatMap(({ from, position, changes, scope = {}, through = 'the store' }): Finding[] => {
    const { side } = scope
    const selected = selectedBy(log, scope)
    const wanted = selected.filter(({ revision }) => revision > from && revision <= position)
    const who = `a watch of ${through} from ${from}`
    const at = wanted.findIndex((change, i) => !same(change, changes[i], side === undefined))
    if (at >= 0) {
      const { name } = wanted[at]!
      return [{ what: `${who} saw ${textOf(changes[at])} where the log has ${textOf(wanted[at])}`, name }]
    }
    const extra = changes[wanted.length]
    return extra ? [{ what: `${who} saw ${textOf(extra)} beyond the log`, name: extra.name }] : []
  })

/** What a watcher of one side sees: an object that comes to it is created there, one that leaves it is deleted. */
const selectedBy = (log: readonly RecordedChange[], scope: Scope): RecordedChange[] => {
  const possible = log.filter(({ name }) => mayHold(scope, name))
  return scope.side === undefined ? possible : ofSide(possible, scope.side)
}

const ofSide = (log: readonly RecordedChange[], side: Side): RecordedChange[] => {
  const present = new Set<string>()
  return log.flatMap((change): RecordedChange[] => {
    const { name, type } = change
    const was = present.has(name)
    const is = type !== 'deleted' && sideOf(change.mark) === side
    if (is) present.add(name)
    else present.delete(name)
    if (!was && !is) return []
    return [{ ...change, type: !was ? 'created' : is ? 'updated' : 'deleted' }]
  })
}

const same = (a: RecordedChange, b: RecordedChange | undefined, marks: boolean): boolean =>
  b !== undefined && a.revision === b.revision && a.type === b.type && a.name === b.name && (!marks || a.mark === b.mark)

export const textOf = (change: RecordedChange | undefined) =>
  change ? `${change.type} ${change.name}@${change.revision}` : 'nothing'
