import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import {
  type Change,
  type Entry,
  KeyExists,
  RevisionConflict,
  type Store,
  StoreUnavailable,
} from '../../../shared/storage/store.ts'
import { type Random, seededRandom } from '../random.ts'
import { compactWhile } from './compactor.ts'
import { noteExpired } from './expired.ts'
import {
  type History,
  mergeHistories,
  type RecordedExpiry,
  type RecordedList,
  type RecordedRead,
  type RecordedWrite,
} from './history.ts'
import { marked, markOf } from './marked-object.ts'
import { patiently } from './patiently.ts'
import { keyOf, nameOf, objectNames, scopes } from './scope.ts'
import { startWatchers } from './watchers.ts'

export interface ClientOptions {
  readonly store: Store
  /** stands in every mark */
  readonly process: string
  readonly seed: number
  readonly clients: number
  readonly operations: number
  readonly names: number
  /** of a large object, in one of twenty writes; default 0 */
  readonly largeBytes?: number | undefined
  /** removes what has expired, which some writes do */
  readonly sweep?: (() => Promise<void>) | undefined
  /** the first position that the log has; default 1 */
  readonly beginning?: number | undefined
  /** drops history meanwhile */
  readonly compacts?: boolean | undefined
}

/** Runs clients that read and write a few objects at random, and watchers of every kind beside them. */
export const runClients = async (options: ClientOptions): Promise<History> => {
  const { store, clients, beginning = 1 } = options
  const recorder: Recorder = { writes: [], reads: [], lists: [], watches: [], expiries: [], found: [] }
  const watchers = await startWatchers(store, options.seed, beginning)
  const stop = new AbortController()
  const random = seededRandom(options.seed + 7)
  const compacting = options.compacts ? compactWhile({ store, random, stop: stop.signal, beginning }) : undefined
  const running = Promise.all(Array.from({ length: clients }, (_, client) => runClient(options, client, recorder)))
  await Promise.all([running, sweepUntil(running, options.sweep)])
  const watched = await watchers.stop()
  stop.abort()
  return { ...mergeHistories([recorder, watched]), ...(await compacting) }
}

interface Recorder extends History {
  readonly writes: RecordedWrite[]
  readonly reads: RecordedRead[]
  readonly lists: RecordedList[]
  readonly expiries: RecordedExpiry[]
  readonly found: string[]
}

/** Much shorter than anybody asks for. */
const shortLifeMs = 30

/** Once nobody writes any more: what was to live for a short time is gone, and nothing else goes. */
export const sweepLast = async (sweep: () => Promise<void>): Promise<void> => {
  await delay(shortLifeMs + 1)
  await sweep()
}

const sweepUntil = async (running: Promise<unknown>, sweep: (() => Promise<void>) | undefined): Promise<void> => {
  let done = false
  const end = () => {
    done = true
  }
  running.then(end, end)
  while (sweep && !done) {
    await patiently(sweep)
    await delay(15)
  }
}

const now = () => Number(process.hrtime.bigint())

const runClient = async (options: ClientOptions, client: number, recorder: Recorder): Promise<void> => {
  const random = seededRandom(options.seed * 1000 + client)
  /** what this client last saw of each object; often old */
  const seen = new Map<string, number>()
  const names = objectNames(options.names)
  for (let i = 0; i < options.operations; i++) {
    const name = random.pick(names)
    const paddingBytes = random.next() < 0.05 ? (options.largeBytes ?? 0) : 0
    await act({ paddingBytes, store: options.store, random, recorder, seen, name, mark: `${options.process}-${client}-${i}` })
    await setImmediate()
  }
}

interface Action {
  readonly store: Store
  readonly random: Random
  readonly recorder: Recorder
  readonly seen: Map<string, number>
  readonly name: string
  readonly mark: string
  readonly paddingBytes: number
}

const act = async (action: Action): Promise<void> => {
  const { random, seen, name } = action
  const chance = random.next()
  if (chance < 0.05) return list(action)
  if (chance < 0.1) return listByPages(action)
  if (chance < 0.3) return read(action)
  const expected = seen.get(name)
  if (expected === undefined || chance < 0.4) return write(action, 'created', undefined)
  return write(action, chance < 0.55 ? 'deleted' : 'updated', expected)
}

const read = async ({ store, recorder, seen, name }: Action): Promise<void> => {
  const start = now()
  try {
    const entry = await store.get(keyOf(name))
    recorder.reads.push({ ...seenIn(entry), name, start, end: now() })
    remember(seen, name, entry?.revision)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

const list = async ({ store, recorder, seen, random }: Action): Promise<void> => {
  const scope = random.pick(scopes)
  const start = now()
  try {
    const { entries, revision } = await store.list(scope.resource!, { namespace: scope.namespace })
    recorder.lists.push({ revision, entries: entries.map(listed), start, end: now(), scope })
    for (const entry of entries) remember(seen, nameOf(entry.key), entry.revision)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

/** As a client that continues: the pages are of one revision. Sometimes of one from before. */
const listByPages = async ({ store, recorder, random, seen }: Action): Promise<void> => {
  const start = now()
  const known = [...seen.values()]
  const past = known.length > 0 && random.next() < 0.3
  const limit = 1 + random.below(3)
  const scope = random.pick(scopes)
  const { resource = '', namespace } = scope
  let at = past ? random.pick(known) : undefined
  try {
    const first = await store.list(resource, { namespace, limit, at })
    const end = now()
    const { revision } = first
    at = revision
    const entries = [...first.entries]
    for (let page = first; page.remaining > 0; ) {
      const last = entries.at(-1)!.key
      page = await store.list(resource, { namespace, limit, after: last, at })
      entries.push(...page.entries)
      // A page that does not go on would be asked for ever: the checker sees it.
      if (!page.entries[0] || nameOf(page.entries[0].key) <= nameOf(last)) break
    }
    const through = 'a list by pages'
    recorder.lists.push({ revision, entries: entries.map(listed), start, end, through, scope, ...(past ? { past } : {}) })
    const behind = entries.length - first.entries.length
    if (first.remainingExact === false ? first.remaining > behind : first.remaining !== behind)
      recorder.found.push(`a page at ${revision} has ${first.remaining} behind it, then came ${behind}`)
  } catch (error) {
    if (error instanceof StoreUnavailable) return
    noteExpired(error, at ?? Number.POSITIVE_INFINITY, { expiries: recorder.expiries, through: 'a list by pages' })
  }
}

const listed = ({ key, revision, value }: Entry) => [nameOf(key), revision, markOf(value, revision)] as const

const write = async (action: Action, type: Change['type'], expected: number | undefined): Promise<void> => {
  const { store, recorder, seen, name, mark } = action
  const key = keyOf(name)
  const encode = marked(key, mark, action.paddingBytes)
  const ttlSeconds = type !== 'deleted' && action.random.next() < 0.1 ? shortLifeMs / 1000 : undefined
  const start = now()
  const record = (outcome: RecordedWrite['outcome'], revision?: number) =>
    recorder.writes.push({
      type,
      name,
      mark,
      expires: ttlSeconds !== undefined,
      expected: type === 'created' ? undefined : expected,
      outcome,
      revision,
      start,
      end: outcome === 'unknown' ? Number.MAX_SAFE_INTEGER : now(),
    })
  try {
    const entry =
      type === 'created'
        ? await store.create(key, encode, { ttlSeconds })
        : type === 'updated'
          ? await store.update(key, expected!, encode, { ttlSeconds })
          : await store.delete(key, expected!, encode)
    record('done', entry.revision)
    remember(seen, name, type === 'deleted' ? undefined : entry.revision)
  } catch (error) {
    if (error instanceof StoreUnavailable) {
      record('unknown')
      return
    }
    if (!(error instanceof KeyExists || error instanceof RevisionConflict)) throw error
    record('refused')
    // What a conflict shows was there at some moment of the write.
    recorder.reads.push({ ...seenIn(error.current), name, start, end: now() })
    remember(seen, name, error.current?.revision)
  }
}

const remember = (seen: Map<string, number>, name: string, revision: number | undefined): void => {
  if (revision === undefined) seen.delete(name)
  else seen.set(name, revision)
}

const seenIn = (entry: Entry | undefined) => ({
  revision: entry?.revision,
  mark: entry && markOf(entry.value, entry.revision),
})
