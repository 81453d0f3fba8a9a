import { type Entry, type ListOptions, type ListResult, RevisionExpired, RevisionInFuture } from '../store.ts'
import type { Connection } from './connection.ts'
import {
  decodeKey,
  type Item,
  keyOfObjectItem,
  liveObject,
  objectPartitions,
  revisionOfLogItem,
  sortKey,
  textOf,
} from './items.ts'
import type { Log } from './log.ts'
import { entryOf } from './writes.ts'

/** What stands for one key: an object's item, or undefined where there is none at the wanted revision. */
type State = Map<string, Item | undefined>

/**
 * The pages of a table are not consistent with each other. So: take a position, read the pages, then read the log from the
 * position on. Each change since says what is after it (the latest list) or was before it (a list at a past revision).
 */
export const listObjects = async (context: ListContext, resource: string, options: ListOptions): Promise<ListResult> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listOnce(context, resource, options)
    } catch (error) {
      // Who asks for the latest holds no position that could have expired: what was dropped meanwhile is not theirs.
      if (!(error instanceof RevisionExpired) || options.at !== undefined || attempt === mostAttempts) throw error
    }
  }
}

const mostAttempts = 5

interface ListContext {
  readonly connection: Connection
  readonly log: Log
}

const listOnce = async ({ connection, log }: ListContext, resource: string, options: ListOptions): Promise<ListResult> => {
  const latest = await log.revision()
  const { at, limit } = options
  if (at !== undefined && at > latest) throw new RevisionInFuture(at, latest)
  const readers = objectPartitions(resource).map((partition) => new PartitionReader(connection, partition, options))
  const seen: State = new Map()
  for (;;) {
    await Promise.all(readers.map((reader) => reader.readOn(limit)))
    for (const reader of readers) for (const item of reader.take()) seen.set(textOf(item, 'sk'), liveObject(item))
    const covered = lowest(readers.map((reader) => reader.end))
    const changes = await changesSince(log, at ?? latest)
    const state = at === undefined ? redo(seen, changes.items, resource) : undo(seen, changes.items, resource)
    const keys = [...state]
      .filter(([sk, item]) => item && inRange(sk, options) && (covered === undefined || byBytes(sk, covered) <= 0))
      .map(([sk]) => sk)
      .sort(byBytes)
    if (covered !== undefined && (limit === undefined || keys.length <= limit)) continue
    const page = limit === undefined ? keys : keys.slice(0, limit)
    const entries = await Promise.all(
      page.map((sk): Promise<Entry> => entryOf(connection, keyOfObjectItem(state.get(sk)!), state.get(sk)!)),
    )
    const exact = covered === undefined
    const remaining = keys.length - page.length
    return { entries, revision: at ?? changes.position, remaining, ...(exact ? {} : { remainingExact: false }) }
  }
}

const changesSince = async (log: Log, position: number): Promise<{ items: Item[]; position: number }> => {
  const items: Item[] = []
  let reached = position
  for (let more = true; more; ) {
    const page = await log.read(reached)
    items.push(...page.items)
    reached = page.position
    more = page.more
  }
  return { items, position: reached }
}

/** Where the log is further than what was read, the log counts; where it is behind, the object was read later and its change is in it too. */
const redo = (seen: State, changes: readonly Item[], resource: string): State => {
  const state = new Map(seen)
  for (const change of changes) {
    const { sk, object } = changed(change, resource)
    if (sk === undefined) continue
    state.set(
      sk,
      textOf(change, 'type') === 'deleted' ? undefined : { ...object, r: { N: String(revisionOfLogItem(change)) }, v: change.v! },
    )
  }
  return state
}

/** Of each object the first change since says what was before. */
const undo = (seen: State, changes: readonly Item[], resource: string): State => {
  const state = new Map(seen)
  const undone = new Set<string>()
  for (const change of changes) {
    const { sk, object } = changed(change, resource)
    if (sk === undefined || undone.has(sk)) continue
    undone.add(sk)
    state.set(sk, change.p ? { ...object, r: change.q!, v: change.p } : undefined)
  }
  return state
}

const changed = (change: Item, resource: string): { sk: string | undefined; object: Item } => {
  const key = decodeKey(textOf(change, 'key'))
  if (textOf(change, 'type') === 'void' || key.resource !== resource) return { sk: undefined, object: {} }
  const sk = sortKey(key.namespace, key.name)
  return { sk, object: { pk: { S: `object#${resource}#` }, sk: { S: sk } } }
}

const inRange = (sk: string, { namespace, after }: ListOptions): boolean => {
  if (namespace !== undefined && !sk.startsWith(`${namespace}\0`)) return false
  return after === undefined || byBytes(sk, sortKey(after.namespace, after.name)) > 0
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const lowest = (ends: readonly (string | undefined)[]): string | undefined =>
  ends.filter((end) => end !== undefined).sort(byBytes)[0]

/** Reads one partition of a resource in order, page by page. */
class PartitionReader {
  readonly #connection: Connection
  readonly #partition: string
  readonly #options: ListOptions
  #next: Item | undefined
  #done = false
  #items: Item[] = []
  #last: string | undefined

  constructor(connection: Connection, partition: string, options: ListOptions) {
    this.#connection = connection
    this.#partition = partition
    this.#options = options
  }

  /** Everything up to this key was read; undefined: everything. */
  get end(): string | undefined {
    return this.#done ? undefined : this.#last
  }

  take(): Item[] {
    return this.#items.splice(0)
  }

  async readOn(limit: number | undefined): Promise<void> {
    if (this.#done) return
    const { namespace, after } = this.#options
    const from = after ? `${sortKey(after.namespace, after.name)}\0` : ''
    const start = namespace === undefined || byBytes(from, `${namespace}\0`) > 0 ? from : `${namespace}\0`
    const range = {
      ':pk': { S: this.#partition },
      ':start': { S: start },
      ':end': { S: namespace === undefined ? lastKey : `${namespace}\x01` },
    }
    const bounded = start !== '' || namespace !== undefined
    const { items, next } = await this.#connection.query({
      KeyConditionExpression: bounded ? 'pk = :pk AND sk BETWEEN :start AND :end' : 'pk = :pk',
      ExpressionAttributeValues: bounded ? range : { ':pk': range[':pk'] },
      ...(limit === undefined ? {} : { Limit: limit + 1 }),
      ...(this.#next ? { ExclusiveStartKey: this.#next } : {}),
    })
    this.#items.push(...items)
    this.#next = next
    this.#done = next === undefined
    const last = items.at(-1)
    if (last) this.#last = textOf(last, 'sk')
    else if (!this.#done) this.#last ??= ''
  }
}

const lastKey = '\u{10ffff}'
