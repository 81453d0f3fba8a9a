import { setImmediate } from 'node:timers/promises'
import { type Change, KeyExists, RevisionConflict, type Store, StoreUnavailable } from '../../../shared/storage/store.ts'
import { type Random, seededRandom } from '../random.ts'
import { readAll } from '../store/changes.ts'
import { noted, pod } from '../store/objects.ts'
import type { History, RecordedChange, RecordedList, RecordedRead, RecordedWatch, RecordedWrite } from './history.ts'

export interface ClientOptions {
  readonly store: Store
  /** stands in every mark */
  readonly process: string
  readonly seed: number
  readonly clients: number
  readonly operations: number
  readonly names: number
}

/** Runs clients that read and write a few objects at random, and two watchers beside them. */
export const runClients = async (options: ClientOptions): Promise<History> => {
  const { store, clients } = options
  const recorder: Recorder = { writes: [], reads: [], lists: [] }
  const stop = new AbortController()
  const from = await store.revision()
  const watching = [from, 1].map((start) => follow(store, start, stop.signal))
  await Promise.all(Array.from({ length: clients }, (_, client) => runClient(options, client, recorder)))
  stop.abort()
  return { ...recorder, watches: await Promise.all(watching) }
}

/** The whole log, as watchers record it. */
export const recordLog = async (store: Store): Promise<RecordedChange[]> => (await readAll(store, 1)).map(recorded)

interface Recorder {
  readonly writes: RecordedWrite[]
  readonly reads: RecordedRead[]
  readonly lists: RecordedList[]
}

const now = () => Number(process.hrtime.bigint())

const runClient = async (options: ClientOptions, client: number, recorder: Recorder): Promise<void> => {
  const random = seededRandom(options.seed * 1000 + client)
  /** what this client last saw of each object; often old */
  const seen = new Map<string, number>()
  for (let i = 0; i < options.operations; i++) {
    const name = `p${random.below(options.names)}`
    await act({ store: options.store, random, recorder, seen, name, mark: `${options.process}-${client}-${i}` })
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
}

const act = async (action: Action): Promise<void> => {
  const { random, seen, name } = action
  const chance = random.next()
  if (chance < 0.1) return list(action)
  if (chance < 0.3) return read(action)
  const expected = seen.get(name)
  if (expected === undefined || chance < 0.4) return write(action, 'created', undefined)
  return write(action, chance < 0.55 ? 'deleted' : 'updated', expected)
}

const read = async ({ store, recorder, seen, name }: Action): Promise<void> => {
  const start = now()
  try {
    const entry = await store.get(pod(name))
    recorder.reads.push({ name, revision: entry?.revision, start, end: now() })
    remember(seen, name, entry?.revision)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

const list = async ({ store, recorder, seen }: Action): Promise<void> => {
  const start = now()
  try {
    const { entries, revision } = await store.list('pods')
    recorder.lists.push({ revision, entries: entries.map((entry) => [entry.key.name, entry.revision]), start, end: now() })
    for (const entry of entries) remember(seen, entry.key.name, entry.revision)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
  }
}

const write = async (action: Action, type: Change['type'], expected: number | undefined): Promise<void> => {
  const { store, recorder, seen, name, mark } = action
  const key = pod(name)
  const encode = noted(key, mark)
  const start = now()
  const record = (outcome: RecordedWrite['outcome'], revision?: number) =>
    recorder.writes.push({
      type,
      name,
      mark,
      outcome,
      revision,
      start,
      end: outcome === 'unknown' ? Number.MAX_SAFE_INTEGER : now(),
    })
  try {
    const entry =
      type === 'created'
        ? await store.create(key, encode)
        : type === 'updated'
          ? await store.update(key, expected!, encode)
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
    recorder.reads.push({ name, revision: error.current?.revision, start, end: now() })
    remember(seen, name, error.current?.revision)
  }
}

const remember = (seen: Map<string, number>, name: string, revision: number | undefined): void => {
  if (revision === undefined) seen.delete(name)
  else seen.set(name, revision)
}

const follow = async (store: Store, from: number, stop: AbortSignal): Promise<RecordedWatch> => {
  const changes: RecordedChange[] = []
  let position = from
  let last: number | undefined
  while (last === undefined || position < last) {
    try {
      await store.waitForChange(position, stop)
      const answer = await store.changes(position, 7)
      changes.push(...answer.changes.map(recorded))
      position = answer.position
      if (stop.aborted) last ??= await store.revision()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
  return { from, position, changes }
}

const recorded = ({ type, key, revision, value }: Change): RecordedChange => ({
  type,
  name: key.name,
  revision,
  mark: (JSON.parse(Buffer.from(value).toString()) as { note: string }).note,
})
