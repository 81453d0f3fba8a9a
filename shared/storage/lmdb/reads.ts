import {
  type Change,
  type ChangesResult,
  type Entry,
  type ListOptions,
  type ListResult,
  RevisionExpired,
  RevisionInFuture,
} from '../store.ts'
import { type Environment, readCounter } from './environment.ts'
import { asBuffer, objectRange, parseObjectKey, parseRevisionKey, revisionKey } from './keys.ts'
import type { OwnChanges } from './own-changes.ts'
import { changePrevious, ListedEntry, objectEntry, parseChange, parseChangeHeader, valueInPlace } from './record.ts'
import { readInPlace } from './slab.ts'

/** Each function runs to its end without giving way, so one read transaction (one snapshot) serves all of it. */

export const listObjects = (environment: Environment, resource: string, options: ListOptions): ListResult => {
  const latest = readCounter(environment, 'revision')
  const at = options.at ?? latest
  checkPosition(environment, at, latest)
  return at === latest ? listLatest(environment, resource, options, latest) : listAt(environment, resource, options, at)
}

const listLatest = (environment: Environment, resource: string, options: ListOptions, revision: number): ListResult => {
  const { namespace, after, limit } = options
  const range = objectRange(resource, namespace, after)
  const entries: Entry[] = []
  let last: Uint8Array | undefined
  for (const { key, value } of environment.objects.getRange(limit ? { ...range, limit } : range)) {
    entries.push(new ListedEntry(key, value))
    last = key
  }
  const full = limit !== undefined && entries.length === limit && last !== undefined
  const remaining = full ? environment.objects.getKeysCount({ start: behind(last!), end: range.end }) : 0
  return { entries, revision, remaining }
}

/** Nothing is copied: `visit` sees each value where lmdb-js put it. */
export const visitObjects = (
  environment: Environment,
  { resource, namespace }: { resource: string; namespace: string | undefined },
  visit: (value: Uint8Array) => void,
): number => {
  const revision = readCounter(environment, 'revision')
  readInPlace(() => {
    for (const { value } of environment.objects.getRange(objectRange(resource, namespace, undefined))) visit(valueInPlace(value))
  })
  return revision
}

interface Undo {
  readonly keyBytes: Buffer
  readonly logKey: Uint8Array
  readonly previousRevision: number
}

/** The state at a past revision: the present one with the changes since undone. Of each object the first change since says what was before. */
const listAt = (environment: Environment, resource: string, options: ListOptions, at: number): ListResult => {
  const { limit } = options
  const range = objectRange(resource, options.namespace, options.after)
  const before = new Map<string, Undo>()
  for (const { key: logKey, value } of environment.log.getRange({ start: revisionKey(at + 1) })) {
    const { keyBytes, previousRevision } = parseChangeHeader(value)
    if (keyBytes.compare(range.start) < 0 || keyBytes.compare(range.end) >= 0) continue
    const id = keyBytes.toString('latin1')
    if (!before.has(id)) before.set(id, { keyBytes: Buffer.from(keyBytes), logKey, previousRevision })
  }
  const undone = [...before.values()]
    .filter((change) => change.previousRevision > 0)
    .sort((a, b) => a.keyBytes.compare(b.keyBytes))
  const unchanged = [...environment.objects.getKeys(range)].filter((key) => !before.has(asBuffer(key).toString('latin1')))
  const keys = mergeSorted<{ keyBytes: Buffer; undo: Undo | undefined }>(
    unchanged.map((key) => ({ keyBytes: asBuffer(key), undo: undefined })),
    undone.map((undo) => ({ keyBytes: undo.keyBytes, undo })),
  )
  const page = limit ? keys.slice(0, limit) : keys
  const entries = page.map(({ keyBytes, undo }): Entry => {
    const key = parseObjectKey(keyBytes)
    if (!undo) return objectEntry(key, environment.objects.get(keyBytes)!)
    const record = environment.log.get(undo.logKey)!
    return { key, revision: undo.previousRevision, value: changePrevious(record) }
  })
  return { entries, revision: at, remaining: keys.length - page.length }
}

/** About this many bytes an answer, so that large objects don't fill the memory. */
const maxChangesBytes = 16 * 1024 * 1024

/** `written`: what of it this process need not read. */
export const readChanges = (
  environment: Environment,
  { after, limit, written }: { after: number; limit: number; written: OwnChanges },
): ChangesResult => {
  const latest = readCounter(environment, 'revision')
  checkPosition(environment, after, latest)
  if (after === latest) return { changes: [], position: latest, more: false }
  const own = written.between(after, latest)
  if (own && own.length < limit) return { changes: own, position: latest, more: false }
  const changes: Change[] = []
  let bytes = 0
  for (const { key, value } of environment.log.getRange({ start: revisionKey(after + 1), limit })) {
    changes.push(parseChange(parseRevisionKey(key), value))
    bytes += value.length
    if (bytes > maxChangesBytes) break
  }
  const last = changes.at(-1)
  const complete = !last || (changes.length < limit && bytes <= maxChangesBytes)
  return { changes, position: complete ? latest : last.revision, more: !complete }
}

const checkPosition = (environment: Environment, position: number, latest: number): void => {
  if (position > latest) throw new RevisionInFuture(position, latest)
  const oldest = readCounter(environment, 'oldest')
  if (position < oldest) throw new RevisionExpired(position, oldest)
}

const behind = (key: Uint8Array) => Buffer.concat([key, Buffer.from([0])])

const mergeSorted = <T extends { keyBytes: Buffer }>(a: readonly T[], b: readonly T[]): T[] => {
  if (b.length === 0) return [...a]
  const merged: T[] = []
  let i = 0
  for (const item of b) {
    for (let next = a[i]; next && next.keyBytes.compare(item.keyBytes) < 0; next = a[++i]) merged.push(next)
    merged.push(item)
  }
  return merged.concat(a.slice(i))
}
